/// The memory of one pass through a network: the activations, what layers keep for the backward pass, gradients, and
/// scratch. It is allocated once for at most `capacity` rows; passes allocate nothing.
///
/// A batch is split into shards, whose number depends on the network and on the number of rows, not on threads; every
/// shard has scratch and partial gradients of its own, and these are added up in the order of the shards.
///
/// A tape belongs to one thread at a time, and to networks of the layers it was made for.
package final class Tape: @unchecked Sendable {
    /// How many rows at once is good for scoring: 2048, or fewer where rows are so wide that a tape would need more than
    /// 2²⁴ numbers.
    package static func inferenceRows(of network: Network) -> Int {
        let width = network.entries.reduce(1) { $0 + $1.layer.outputShape.count + $1.layer.cacheCountPerRow }
        return max(1, min(2048, (1 << 24) / width))
    }

    /// Layers that follow each other and are all of one kind: rows may be split, or may not.
    struct Segment: Sendable {
        let layers: ClosedRange<Int>
        let needsWholeBatch: Bool
    }

    package let capacity: Int
    let segments: [Segment]
    private let workPerRow: Int
    private let parameterCount: Int
    /// For each layer: where its numbers are.
    private let layers: [Place]
    private let arena: Arena
    /// Partial gradients of the second shard and those after it.
    private var partials: Arena?
    private let inputWidth: Int
    private let outputWidth: Int
    private let outputGradientOffset: Int
    private let inputGradientOffset: Int
    private let betweenOffsets: (Int, Int)
    private let scratchOffset: Int
    private let scratchCount: Int
    /// The most shards that a batch is split into.
    private let mostShards: Int

    struct Place: Sendable {
        var output = 0
        var inputWidth = 0
        var outputWidth = 0
        var cache = 0
        var cacheWidth = 0
        var batchCache = 0
        var prepared = 0
        var parameters = 0
        var state = 0
    }

    private(set) package var rows = 0
    private(set) var shards: [Range<Int>] = []
    private var input: UnsafePointer<Float>
    private var random = CounterRandom(seed: 0, step: 0)
    private var isTraining = false

    /// - Parameter capacity: the most rows of a pass, at least 1.
    package init(_ network: Network, capacity: Int) {
        precondition(capacity > 0, "a tape needs room for a row")
        self.capacity = capacity
        parameterCount = network.parameters.count
        workPerRow = network.entries.reduce(0) { $0 + $1.layer.workPerRow }
        inputWidth = network.inputCount
        outputWidth = network.outputCount
        var segments: [Segment] = []
        for (index, entry) in network.entries.enumerated() {
            if let last = segments.last, last.needsWholeBatch == entry.layer.needsWholeBatch {
                segments[segments.count - 1] = Segment(
                    layers: last.layers.lowerBound...index, needsWholeBatch: last.needsWholeBatch)
            } else {
                segments.append(Segment(layers: index...index, needsWholeBatch: entry.layer.needsWholeBatch))
            }
        }
        self.segments = segments

        var total = 0
        func reserve(_ count: Int) -> Int {
            defer { total += (count + 15) / 16 * 16 }
            return total
        }
        var widest = 1
        layers = network.entries.map { entry in
            let layer = entry.layer
            var place = Place()
            place.inputWidth = layer.inputShape.count
            place.outputWidth = layer.outputShape.count
            place.output = reserve(capacity * place.outputWidth)
            place.cacheWidth = layer.cacheCountPerRow
            place.cache = reserve(capacity * place.cacheWidth)
            place.batchCache = reserve(layer.cacheCountPerBatch)
            place.prepared = reserve(layer.preparedCount)
            place.parameters = entry.parameters.lowerBound
            place.state = entry.state.lowerBound
            widest = max(widest, place.outputWidth)
            return place
        }
        outputGradientOffset = reserve(capacity * outputWidth)
        inputGradientOffset = reserve(capacity * inputWidth)
        let between = network.entries.count > 1 ? capacity * widest : 0
        betweenOffsets = (reserve(between), reserve(between))
        let largest = Tape.largestShards(
            capacity: capacity, workPerRow: workPerRow, parameterCount: network.parameters.count)
        scratchCount = network.entries.reduce(16) { most, entry in
            let rows = entry.layer.needsWholeBatch ? capacity : largest.rows
            return max(most, (entry.layer.scratchCount(rows: rows) + 15) / 16 * 16)
        }
        scratchOffset = reserve(scratchCount * largest.count)
        mostShards = largest.count
        shards.reserveCapacity(largest.count)
        arena = Arena(total)
        input = UnsafePointer(arena.base)
    }

    /// What the last pass computed: rows × the network's output count.
    package var output: UnsafeMutablePointer<Float> { arena.base + layers[layers.count - 1].output }
    /// Where a loss writes its gradient with respect to ``output``.
    package var outputGradient: UnsafeMutablePointer<Float> { arena.base + outputGradientOffset }
    /// Where a backward pass leaves the gradient with respect to the input: rows × the network's input count.
    package var inputGradient: UnsafeMutablePointer<Float> { arena.base + inputGradientOffset }
    /// A valid pointer for buffers of no element.
    var nothing: UnsafeMutablePointer<Float> { arena.base }

    func begin(_ input: UnsafePointer<Float>, rows: Int, random: CounterRandom, isTraining: Bool) {
        precondition(rows > 0 && rows <= capacity, "a pass has between one row and the tape's capacity")
        self.input = input
        self.random = random
        self.isTraining = isTraining
        if rows != self.rows {
            self.rows = rows
            let size = Tape.shardSize(rows: rows, workPerRow: workPerRow, parameterCount: parameterCount)
            shards.removeAll(keepingCapacity: true)
            for start in stride(from: 0, to: rows, by: size) { shards.append(start..<min(start + size, rows)) }
        }
    }

    // MARK: - Shards

    /// Rows of a shard: enough work to be worth a thread's while (some ten microseconds), at least a tile of the product's
    /// kernel, at most 16 shards, and not more memory for partial gradients than 2²⁶ numbers.
    static func shardSize(rows: Int, workPerRow: Int, parameterCount: Int) -> Int {
        let byWork = rows * max(1, workPerRow) / 1_000_000
        let byMemory = max(1, (1 << 26) / max(1, parameterCount))
        let count = max(1, min(16, byWork, byMemory, (rows + 7) / 8))
        let size = (rows + count - 1) / count
        // Whole tiles of the product's kernel.
        return size >= 16 ? (size + 7) / 8 * 8 : size
    }

    private static func largestShards(
        capacity: Int, workPerRow: Int, parameterCount: Int
    ) -> (count: Int, rows: Int) {
        var largest = (count: 1, rows: 1)
        for rows in 1...capacity {
            let size = shardSize(rows: rows, workPerRow: workPerRow, parameterCount: parameterCount)
            largest.rows = max(largest.rows, min(size, rows))
            largest.count = max(largest.count, (rows + size - 1) / size)
        }
        return largest
    }

    // MARK: - What layers are handed

    /// The pointers of one pass.
    struct Memory: @unchecked Sendable {
        private let tape: Tape
        private let parameters: UnsafePointer<Float>
        private let state: UnsafeMutablePointer<Float>

        init(_ tape: Tape, parameters: UnsafePointer<Float>, state: UnsafeMutablePointer<Float>) {
            self.tape = tape
            self.parameters = parameters
            self.state = state
        }

        private func input(_ index: Int, from row: Int) -> UnsafePointer<Float> {
            let base = index == 0 ? tape.input : UnsafePointer(tape.arena.base + tape.layers[index - 1].output)
            return base + row * tape.layers[index].inputWidth
        }

        func forward(_ index: Int, rows: Range<Int>, slot: Int) -> ForwardPass {
            let place = tape.layers[index]
            let base = tape.arena.base
            return ForwardPass(
                rows: rows.count, firstRow: rows.lowerBound, isTraining: tape.isTraining,
                random: tape.random.part(index), parameters: parameters + place.parameters, state: state + place.state,
                input: input(index, from: rows.lowerBound),
                output: base + place.output + rows.lowerBound * place.outputWidth,
                cache: base + place.cache + rows.lowerBound * place.cacheWidth,
                batchCache: base + place.batchCache,
                scratch: base + tape.scratchOffset + slot * tape.scratchCount)
        }

        func backward(
            _ index: Int, rows: Range<Int>, slot: Int, gradients: UnsafeMutablePointer<Float>?, inputGradient: Bool
        ) -> BackwardPass {
            let place = tape.layers[index]
            let base = tape.arena.base
            let row = rows.lowerBound
            func gradient(after layer: Int) -> UnsafeMutablePointer<Float> {
                if layer == tape.layers.count - 1 { return tape.outputGradient }
                if layer < 0 { return tape.inputGradient }
                return base + (layer % 2 == 0 ? tape.betweenOffsets.0 : tape.betweenOffsets.1)
            }
            return BackwardPass(
                rows: rows.count, firstRow: row, isTraining: tape.isTraining, random: tape.random.part(index),
                parameters: parameters + place.parameters, state: UnsafePointer(state + place.state),
                prepared: UnsafePointer(base + place.prepared), input: input(index, from: row),
                output: UnsafePointer(base + place.output + row * place.outputWidth),
                cache: base + place.cache + row * place.cacheWidth, batchCache: base + place.batchCache,
                scratch: base + tape.scratchOffset + slot * tape.scratchCount,
                outputGradient: gradient(after: index) + row * place.outputWidth,
                inputGradient: inputGradient ? gradient(after: index - 1) + row * place.inputWidth : nil,
                parameterGradients: gradients)
        }

        func prepare(_ index: Int, _ layer: any Layer, inputGradient: Bool) {
            let place = tape.layers[index]
            layer.prepareBackward(
                parameters + place.parameters, inputGradient: inputGradient,
                prepared: tape.arena.base + place.prepared)
        }

        /// Makes room for the partial gradients of all shards but the first, once.
        func makePartialGradients() {
            guard tape.partials == nil, tape.mostShards > 1 else { return }
            tape.partials = Arena((tape.mostShards - 1) * tape.parameterCount)
        }

        /// Where a shard adds its gradients: the first to the caller's, each other one to numbers of its own.
        func gradients(_ learning: UnsafeMutablePointer<Float>, slot: Int) -> UnsafeMutablePointer<Float>? {
            slot == 0 ? learning : tape.partials.map { $0.base + (slot - 1) * tape.parameterCount }
        }

        /// From a shard's partial gradients to the next one's.
        var parameterCount: Int { tape.parameterCount }
        var rows: Range<Int> { 0..<tape.rows }
        var shards: [Range<Int>] { tape.shards }
    }
}

/// Aligned memory for numbers, all 0 at first: what a step of training needs besides tapes, allocated once.
package final class Arena: @unchecked Sendable {
    package let base: UnsafeMutablePointer<Float>
    let count: Int
    private let memory: UnsafeMutableRawPointer

    package init(_ count: Int) {
        self.count = max(16, count)
        memory = UnsafeMutableRawPointer.allocate(byteCount: self.count * MemoryLayout<Float>.stride, alignment: 64)
        base = memory.bindMemory(to: Float.self, capacity: self.count)
        base.initialize(repeating: 0, count: self.count)
    }

    deinit { memory.deallocate() }
}
