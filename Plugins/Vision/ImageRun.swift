public import OutlierCore
public import OutlierImages
import OutlierNetworks

/// Learns what normal pictures are like, and scores pictures.
public struct ImageRun: Sendable {
    /// What became of one picture.
    public struct Outcome: Sendable {
        public let item: ImageFolder.Item
        /// The higher, the more anomalous; `nil` where the picture could not be read.
        public let score: Double?
        /// How anomalous each pixel of the resized picture is, where the detector sees places.
        public let map: HeatMap?
        /// Why there is no score.
        public let exclusion: String?
    }

    public let outcomes: [Outcome]
    /// Pictures to learn from that could not be read, and why.
    public let exclusions: [(path: String, reason: String)]
    /// How many pictures were learnt from.
    public let trainingCount: Int
    /// What the detector is fitted on, in words.
    public let headline: String
    /// Standard deviation of the Gaussian by which maps are smoothed, in pixels.
    static let smoothing = 4.0

    /// Reads the pictures, fits the detector and scores.
    ///
    /// - Throws: ``OutlierError`` where the configuration names no pictures or no network, or where no picture can be read.
    public init(_ configuration: ImageRunConfiguration, context: FitContext = FitContext()) throws {
        guard let source = configuration.data.images else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no pictures",
                suggestion: "Add a line: “data: {images: Parts/train/good}”.", path: ["data"])
        }
        guard let path = configuration.encoding.network else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no network",
                suggestion: "Add a line: “encode: {network: resnet18.safetensors}”.", path: ["encode"])
        }
        guard let detector = configuration.detector else {
            throw OutlierError(
                .invalidConfiguration, "the configuration names no detector",
                suggestion: "Add a line: “detector: patchcore”.")
        }
        let network = try ImageNetwork(contentsOf: path, architecture: configuration.encoding.architecture)
        let all = try ImageFolder(contentsOf: source).items.filter { $0.label != .anomaly }
        let training = Array(all.prefix(configuration.data.limit ?? all.count))
        let test = try configuration.data.test.map { try ImageFolder(contentsOf: $0).items } ?? training

        let readable = try Self.readable(training, context.execution)
        exclusions = readable.exclusions
        let items = readable.items
        trainingCount = items.count
        guard !items.isEmpty else {
            throw OutlierError(
                .emptyData, "no picture in “\(source)” can be read: \(exclusions.first?.reason ?? "there is none")")
        }
        let scorer = try Self.scorer(detector, configuration, network, items, context)
        headline =
            "\(detector.recipe.name) on \(network.architecture), \(scorer.stages.joined(separator: " + ")), \(configuration.encoding.size) × \(configuration.encoding.size): \(scorer.detail)"
        outcomes = try scorer.score(test, context.execution)
    }

    /// Which pictures can be read; the others are left out with the reason.
    private static func readable(
        _ items: [ImageFolder.Item], _ execution: Execution
    ) throws -> (items: [ImageFolder.Item], exclusions: [(path: String, reason: String)]) {
        let reasons = Guarded<[Int: String]>([:])
        try execution.forEach(items.count) { index in
            do {
                _ = try RasterImage(contentsOf: items[index].path)
            } catch let error as OutlierError {
                reasons.withLock { $0[index] = error.message }
            }
        }
        let found = reasons.withLock { $0 }
        return (
            items.indices.filter { found[$0] == nil }.map { items[$0] },
            found.keys.sorted().map { (items[$0].path, found[$0] ?? "") }
        )
    }

    /// How one picture is scored.
    private struct Scorer: Sendable {
        let stages: [String]
        let detail: String
        let one: @Sendable (RasterImage, Execution) throws -> (score: Double, map: HeatMap?)

        func score(_ items: [ImageFolder.Item], _ execution: Execution) throws -> [Outcome] {
            let result = Guarded<[Outcome?]>([Outcome?](repeating: nil, count: items.count))
            let single = Execution(threads: 1, cancellation: execution.cancellation)
            try execution.forEach(items.count) { index in
                let item = items[index]
                let outcome: Outcome
                do {
                    let image = try RasterImage(contentsOf: item.path)
                    let (score, map) = try one(image, single)
                    outcome = Outcome(item: item, score: score, map: map, exclusion: nil)
                } catch let error as OutlierError
                    where error.code == .malformedFile || error.code == .inputOutput
                {
                    outcome = Outcome(item: item, score: nil, map: nil, exclusion: error.message)
                }
                result.withLock { $0[index] = outcome }
            }
            return result.withLock { $0.compactMap { $0 } }
        }
    }

    private static func scorer(
        _ detector: any Detector, _ configuration: ImageRunConfiguration, _ network: ImageNetwork,
        _ items: [ImageFolder.Item], _ context: FitContext
    ) throws -> Scorer {
        let size = configuration.encoding.size
        let named = configuration.encoding.stages
        let read: @Sendable (Int) throws -> RasterImage = { try RasterImage(contentsOf: items[$0].path) }
        switch detector {
        case let detector as PatchCore:
            let stages = named.isEmpty ? network.patchStages : named
            let encoder = try PatchEncoder(network, size: size, stages: stages, neighborhood: 3)
            let model = try detector.fit(count: items.count, encoder: encoder, context: context, image: read)
            return Scorer(stages: stages, detail: "\(model.count) patches kept") { image, execution in
                let (score, map) = try model.score(encoder.rows(of: image, execution: execution))
                return (score, map.resized(height: size, width: size).smoothed(by: smoothing))
            }
        case let detector as PaDiM:
            let stages = named.isEmpty ? network.gaussianStages : named
            let encoder = try PatchEncoder(network, size: size, stages: stages, neighborhood: 1)
            let model = try detector.fit(count: items.count, encoder: encoder, context: context, image: read)
            return Scorer(stages: stages, detail: "\(model.channels.count) of \(encoder.width) channels") {
                image, execution in
                let map = try model.score(encoder.rows(of: image, execution: execution))
                    .resized(height: size, width: size).smoothed(by: smoothing)
                return (Double(map.values.max() ?? 0), map)
            }
        default:
            let stages = named.isEmpty ? network.gaussianStages : named
            let run = try network.run(height: size, width: size, stages: stages)
            let rows = Guarded<[[Double]]>([[Double]](repeating: [], count: items.count))
            let single = Execution(threads: 1, cancellation: context.execution.cancellation)
            try context.execution.forEach(items.count) { index in
                let row = try embedding(read(index), run, single)
                rows.withLock { $0[index] = row }
            }
            let pipeline = Pipeline(preprocessors: configuration.preprocessors, detector: detector)
            let model = try pipeline.fit(Dataset(rows: rows.withLock { $0 }), context: context)
            let width = stages.reduce(0) { sum, name in sum + ((try? network.stage(name).channels) ?? 0) }
            return Scorer(stages: stages, detail: "one row of \(width) numbers a picture") { image, execution in
                let data = try Dataset(rows: [embedding(image, run, execution)])
                return (try model.computeScores(of: data, execution: execution).first ?? 0, nil)
            }
        }
    }

    /// The means of the stages: one row for the picture.
    private static func embedding(_ image: RasterImage, _ run: NetworkRun, _ execution: Execution) throws -> [Double] {
        let pixels = image.resized(height: run.height, width: run.width)
        return try run.features(of: pixels, execution: execution).flatMap { $0.pooled.map(Double.init) }
    }
}

extension ImageRun {
    /// The evaluation of the pictures' scores, where the folders say which are anomalies of which there are some.
    public func evaluation() throws -> Evaluation? {
        let known = outcomes.filter { $0.score != nil && $0.item.label != .unlabeled }
        let truth = known.map { $0.item.label == .anomaly }
        guard truth.contains(true), truth.contains(false) else { return nil }
        return try Evaluation(scores: known.compactMap(\.score), truth: truth)
    }

    /// How well the maps find the places of the masks, where there are both.
    public func pixelMeasures() throws -> PixelMeasures? {
        var maps: [HeatMap] = []
        var masks: [[Bool]] = []
        for outcome in outcomes {
            guard let map = outcome.map, outcome.item.label != .unlabeled else { continue }
            if outcome.item.label == .normal {
                masks.append([Bool](repeating: false, count: map.values.count))
            } else {
                guard let path = outcome.item.mask else { continue }
                masks.append(Self.mask(try RasterImage(contentsOf: path), height: map.height, width: map.width))
            }
            maps.append(map)
        }
        guard masks.contains(where: { $0.contains(true) }) else { return nil }
        return try PixelMeasures(maps: maps, masks: masks)
    }

    /// The mask in another size: the nearest pixel, white from the middle of the scale on.
    private static func mask(_ image: RasterImage, height: Int, width: Int) -> [Bool] {
        var result: [Bool] = []
        result.reserveCapacity(height * width)
        for y in 0..<height {
            let row = min(image.height - 1, Int((Double(y) + 0.5) * Double(image.height) / Double(height)))
            for x in 0..<width {
                let column = min(image.width - 1, Int((Double(x) + 0.5) * Double(image.width) / Double(width)))
                result.append(image.pixels[3 * (row * image.width + column)] > 127)
            }
        }
        return result
    }
}
