internal import CKernels
internal import OutlierCore

/// A forward or a backward pass through one segment of a network: what the threads that share it are handed.
///
/// The shards go to ``CKernels``' crew and not to Dispatch: a step of a small network is some tens of microseconds between
/// one segment and the next, about what waking a sleeping thread takes. Nothing here allocates.
struct SegmentPass: @unchecked Sendable {
    enum Direction {
        case forward
        /// - Parameters:
        ///   - gradients: what the parameters' gradients are added to, where they are wanted.
        ///   - lowest: the first layer that anything is computed for.
        ///   - toInput: whether the gradient with respect to the network's input is wanted.
        case backward(gradients: UnsafeMutablePointer<Float>?, isTrainable: [Bool], lowest: Int, toInput: Bool)
    }

    private let entries: [Network.Entry]
    private let segment: Tape.Segment
    private let memory: Tape.Memory
    private let direction: Direction

    init(_ entries: [Network.Entry], _ segment: Tape.Segment, _ memory: Tape.Memory, direction: Direction) {
        self.entries = entries
        self.segment = segment
        self.memory = memory
        self.direction = direction
    }

    /// - Throws: `CancellationError`.
    func run(_ execution: Execution) throws {
        try execution.checkCancellation()
        if segment.needsWholeBatch {
            run(memory.rows, slot: 0)
            return
        }
        let count = memory.shards.count
        withUnsafePointer(to: self) { pass in
            outlier_crew_run(
                execution.threads, count,
                { context, shard in
                    guard let pass = context?.assumingMemoryBound(to: SegmentPass.self).pointee else { return }
                    pass.run(pass.memory.shards[shard], slot: shard)
                }, UnsafeMutableRawPointer(mutating: pass))
        }
        if count > 1 { addPartialGradients(count) }
    }

    private func run(_ rows: Range<Int>, slot: Int) {
        switch direction {
        case .forward:
            for index in segment.layers { entries[index].layer.forward(memory.forward(index, rows: rows, slot: slot)) }
        case .backward(let gradients, let isTrainable, let lowest, let toInput):
            let learning = gradients.flatMap { memory.gradients($0, slot: slot) }
            if let learning, slot > 0 {
                (learning + parameters.lowerBound).update(repeating: 0, count: parameters.count)
            }
            var index = segment.layers.upperBound
            while index >= max(lowest, segment.layers.lowerBound) {
                let own = isTrainable[index] ? learning.map { $0 + entries[index].parameters.lowerBound } : nil
                entries[index].layer.backward(
                    memory.backward(
                        index, rows: rows, slot: slot, gradients: own, inputGradient: index > lowest || toInput))
                index -= 1
            }
        }
    }

    /// Where the parameters of the segment's layers lie.
    private var parameters: Range<Int> {
        let first = entries[segment.layers.lowerBound].parameters
        let last = entries[segment.layers.upperBound].parameters
        return first.lowerBound..<last.upperBound
    }

    /// Adds up what the shards found, in their order, whoever found it.
    private func addPartialGradients(_ shards: Int) {
        guard case .backward(let gradients?, _, _, _) = direction else { return }
        guard let partial = memory.gradients(gradients, slot: 1) else { return }
        outlier_add_float_rows(
            partial + parameters.lowerBound, shards - 1, parameters.count, memory.parameterCount,
            gradients + parameters.lowerBound)
    }
}
