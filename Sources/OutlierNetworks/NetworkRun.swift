internal import CKernels
public import OutlierCore

/// What a stage of a network says of a picture: height × width × channels.
public struct FeatureMap: Sendable {
    public let height: Int
    public let width: Int
    public let channels: Int
    /// Row after row, the channels of a place together.
    public var values: [Float]

    public init(height: Int, width: Int, channels: Int, values: [Float]) {
        self.height = height
        self.width = width
        self.channels = channels
        self.values = values
    }

    /// The mean of each channel: one row of numbers for the picture.
    public var pooled: [Float] {
        var sums = [Double](repeating: 0, count: channels)
        for place in 0..<height * width {
            for channel in 0..<channels { sums[channel] += Double(values[place * channels + channel]) }
        }
        return sums.map { Float($0 / Double(height * width)) }
    }
}

/// A network made ready for pictures of one size and for some of its stages; layers that no stage needs are left out.
///
/// Memory is allocated for the first picture of each thread and used again for the next ones. The features of a picture have the
/// same bits whatever the number of threads.
public struct NetworkRun: Sendable {
    public let network: ImageNetwork
    public let height: Int
    public let width: Int
    public let stages: [ImageNetwork.Stage]
    private let activations: [Int]
    private let plan: NetworkPlan
    private let idle = Guarded<[NetworkMemory]>([])

    init(_ network: ImageNetwork, height: Int, width: Int, stages names: [String]) throws {
        guard !names.isEmpty else {
            throw OutlierError(.invalidParameter, "no stage of the network was named")
        }
        let stages = try names.map { try network.stage($0) }
        let activations = stages.compactMap { network.activations[$0.name] }
        self.network = network
        self.height = height
        self.width = width
        self.stages = stages
        self.activations = activations
        plan = try NetworkPlan(network, height: height, width: width, stages: activations)
    }

    /// The features of one picture at each stage, on up to as many threads as `execution` has.
    ///
    /// - Parameter pixels: height × width × 3 numbers from 0 to 1, before any normalization.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where they are not as many.
    public func features(of pixels: [Float], execution: Execution = Execution()) throws -> [FeatureMap] {
        guard pixels.count == height * width * 3 else {
            throw OutlierError(
                .shapeMismatch,
                "\(pixels.count) numbers are no picture of \(height) × \(width) × 3 (\(height * width * 3))")
        }
        let memory = idle.withLock { $0.popLast() } ?? NetworkMemory(plan.slots)
        defer { idle.withLock { $0.append(memory) } }
        pixels.withUnsafeBufferPointer { if let base = $0.baseAddress { load(base, into: memory) } }
        for (index, layer) in plan.layers.enumerated() { run(layer, index, memory, threads: execution.threads) }
        try execution.checkCancellation()
        return activations.map { feature($0, memory) }
    }

    private func load(_ pixels: UnsafePointer<Float>, into memory: NetworkMemory) {
        let place = plan.places[0]
        clearBorder(place, memory)
        let mean = network.normalization.mean
        let factor = network.normalization.deviation.map { 1 / $0 }
        let target = memory[place.slot] + place.origin
        for row in 0..<height {
            let to = target + row * place.rowStride
            let from = pixels + row * width * 3
            for column in 0..<width {
                for channel in 0..<3 {
                    let index = column * 3 + channel
                    to[index] = (from[index] - mean[channel]) * factor[channel]
                }
            }
        }
    }

    /// Slots are shared, so that what is to be zero is made so each time.
    private func clearBorder(_ place: NetworkPlan.Place, _ memory: NetworkMemory) {
        guard place.border > 0 else { return }
        let base = memory[place.slot]
        let row = place.rowStride
        let side = place.border * place.pixelStride
        base.update(repeating: 0, count: place.border * row)
        (base + (place.border + place.height) * row).update(repeating: 0, count: place.border * row)
        for y in place.border..<place.border + place.height {
            (base + y * row).update(repeating: 0, count: side)
            (base + (y + 1) * row - side).update(repeating: 0, count: side)
        }
    }

    /// A layer's work, as the threads share it.
    private struct Job {
        var task: outlier_inference_task
        let kind: NetworkLayer.Kind
        let parts: Int
    }

    private func run(_ layer: NetworkLayer, _ index: Int, _ memory: NetworkMemory, threads: Int) {
        let input = plan.places[layer.input]
        let output = plan.places[layer.output]
        clearBorder(output, memory)
        let residual = layer.residual.map { plan.places[$0] }
        let beforeDown = plan.before[index]
        let beforeAcross =
            layer.padding.geometry(input: input.width, kernel: layer.kernel, stride: layer.stride)?.before ?? 0
        layer.weights.withUnsafeBufferPointer { weights in
            layer.bias.withUnsafeBufferPointer { bias in
                let task = outlier_inference_task(
                    input: memory[input.slot] + input.origin - beforeDown * input.rowStride
                        - beforeAcross * input.pixelStride,
                    input_row_stride: input.rowStride, input_pixel_stride: input.pixelStride,
                    depth: layer.inputChannels, kernel_height: layer.kernel, kernel_width: layer.kernel,
                    stride: layer.stride, weights: weights.baseAddress, bias: bias.baseAddress,
                    output: memory[output.slot] + output.origin, output_row_stride: output.rowStride,
                    output_pixel_stride: output.pixelStride, output_height: output.height,
                    output_width: output.width, output_channels: output.pixelStride,
                    residual: residual.map { UnsafePointer(memory[$0.slot] + $0.origin) },
                    residual_row_stride: residual?.rowStride ?? 0, activation: layer.activation.code)
                var job = Job(
                    task: task, kind: layer.kind, parts: threads == 1 ? 1 : min(output.height, threads * 2))
                withUnsafeMutablePointer(to: &job) { pointer in
                    outlier_crew_run(threads, pointer.pointee.parts, Self.work, pointer)
                }
            }
        }
    }

    private static let work: outlier_crew_work = { context, part in
        guard let job = context?.assumingMemoryBound(to: Job.self) else { return }
        let height = job.pointee.task.output_height
        let first = part * height / job.pointee.parts
        let last = (part + 1) * height / job.pointee.parts
        switch job.pointee.kind {
        case .convolution: outlier_inference_convolution(&job.pointee.task, first, last)
        case .depthwise: outlier_inference_depthwise(&job.pointee.task, first, last)
        case .maxPooling: outlier_inference_max_pooling(&job.pointee.task, first, last)
        }
    }

    private func feature(_ activation: Int, _ memory: NetworkMemory) -> FeatureMap {
        let place = plan.places[activation]
        let channels = network.channels[activation]
        let source = memory[place.slot] + place.origin
        let count = place.height * place.width * channels
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard var target = buffer.baseAddress else { return }
            for y in 0..<place.height {
                for x in 0..<place.width {
                    target.initialize(from: source + y * place.rowStride + x * place.pixelStride, count: channels)
                    target += channels
                }
            }
            initialized = count
        }
        return FeatureMap(height: place.height, width: place.width, channels: channels, values: values)
    }
}

extension ImageNetwork {
    /// Makes the network ready for pictures of one size.
    ///
    /// - Parameter stages: the names of ``stages`` whose features are wanted.
    /// - Throws: ``OutlierError/Code/invalidParameter`` where there is no such stage, ``OutlierError/Code/shapeMismatch`` where the
    ///   pictures are too small or too large.
    public func run(height: Int, width: Int, stages: [String]) throws -> NetworkRun {
        try NetworkRun(self, height: height, width: width, stages: stages)
    }
}
