internal import CKernels
package import OutlierCore

/// What a pass is for.
package enum PassMode: Sendable {
    /// Scoring: nothing is random and no state changes.
    case inference
    /// A step of training, with its random numbers.
    case training(CounterRandom)
}

extension Network {
    /// Computes the outputs of `rows` rows, which then stand in `tape.output`, and keeps what the backward pass needs.
    ///
    /// - Parameters:
    ///   - input: rows × ``inputCount``; must stay as it is until the backward pass is done.
    ///   - rows: at least 1 and at most the tape's capacity.
    /// - Throws: `CancellationError`.
    package mutating func forward(
        _ input: UnsafePointer<Float>, rows: Int, mode: PassMode, tape: Tape, execution: Execution
    ) throws {
        switch mode {
        case .inference: try infer(input, rows: rows, tape: tape, execution: execution)
        case .training(let random):
            // Out of the network for the while of the pass: so neither is copied.
            var state: [Float] = []
            swap(&state, &self.state)
            defer { swap(&state, &self.state) }
            try state.withUnsafeMutableBufferPointer { state in
                try run(
                    input, rows: rows, random: random, isTraining: true, state: state.baseAddress ?? tape.nothing,
                    tape: tape, execution: execution)
            }
        }
    }

    /// A forward pass for scoring: changes nothing but the tape, which a backward pass may follow (a search for inputs).
    package func infer(
        _ input: UnsafePointer<Float>, rows: Int, tape: Tape, execution: Execution
    ) throws {
        try state.withUnsafeBufferPointer { state in
            // No layer writes to its state outside training.
            try run(
                input, rows: rows, random: CounterRandom(seed: 0, step: 0), isTraining: false,
                state: UnsafeMutablePointer(mutating: state.baseAddress ?? UnsafePointer(tape.nothing)), tape: tape,
                execution: execution)
        }
    }

    private func run(
        _ input: UnsafePointer<Float>, rows: Int, random: CounterRandom, isTraining: Bool,
        state: UnsafeMutablePointer<Float>, tape: Tape, execution: Execution
    ) throws {
        tape.begin(input, rows: rows, random: random, isTraining: isTraining)
        try parameters.withUnsafeBufferPointer { parameters in
            let memory = Tape.Memory(
                tape, parameters: parameters.baseAddress ?? UnsafePointer(tape.nothing), state: state)
            for segment in tape.segments {
                try SegmentPass(entries, segment, memory, direction: .forward).run(execution)
            }
        }
    }

    /// Adds the gradients of the last forward pass on `tape` to `gradients`.
    ///
    /// `tape.outputGradient` must hold the loss's gradient with respect to the outputs; it is overwritten.
    /// - Parameters:
    ///   - gradients: as many as ``parameters``. Frozen layers add nothing.
    ///   - inputGradient: whether the gradient with respect to the input is wanted too, in `tape.inputGradient`.
    /// - Throws: `CancellationError`.
    package func backward(
        _ tape: Tape, gradients: inout [Float], inputGradient: Bool = false, execution: Execution
    ) throws {
        precondition(gradients.count == parameters.count, "there must be as many gradients as parameters")
        try gradients.withUnsafeMutableBufferPointer { gradients in
            try backward(
                tape, gradients.baseAddress ?? tape.nothing, inputGradient: inputGradient, execution: execution)
        }
    }

    /// Computes the gradient with respect to the input alone, into `tape.inputGradient`.
    ///
    /// - Throws: `CancellationError`.
    package func inputGradient(_ tape: Tape, execution: Execution) throws {
        try backward(tape, nil, inputGradient: true, execution: execution)
    }

    private func backward(
        _ tape: Tape, _ gradients: UnsafeMutablePointer<Float>?, inputGradient: Bool, execution: Execution
    ) throws {
        // Below the first layer that learns there is nothing to compute, unless the input's gradient is wanted.
        guard let lowest = inputGradient ? 0 : isTrainable.firstIndex(of: true) else { return }
        try parameters.withUnsafeBufferPointer { parameters in
            try state.withUnsafeBufferPointer { state in
                let memory = Tape.Memory(
                    tape, parameters: parameters.baseAddress ?? UnsafePointer(tape.nothing),
                    state: UnsafeMutablePointer(mutating: state.baseAddress ?? UnsafePointer(tape.nothing)))
                for index in lowest..<entries.count {
                    memory.prepare(index, entries[index].layer, inputGradient: index > lowest || inputGradient)
                }
                if gradients != nil { memory.makePartialGradients() }
                let direction = SegmentPass.Direction.backward(
                    gradients: gradients, isTrainable: isTrainable, lowest: lowest, toInput: inputGradient)
                for segment in tape.segments.reversed() where segment.layers.upperBound >= lowest {
                    try SegmentPass(entries, segment, memory, direction: direction).run(execution)
                }
            }
        }
    }

    /// The outputs of rows, for scoring: rows × ``outputCount``. A row's output has the same bits in every batch.
    ///
    /// - Parameter input: rows × ``inputCount``.
    /// - Throws: `CancellationError`.
    package func outputs(_ input: [Float], execution: Execution) throws -> [Float] {
        let rows = input.count / inputCount
        var result = [Float](repeating: 0, count: rows * outputCount)
        let block = min(rows, Tape.inferenceRows(of: self))
        guard block > 0 else { return result }
        let tape = Tape(self, capacity: block)
        try input.withUnsafeBufferPointer { input in
            try result.withUnsafeMutableBufferPointer { result in
                guard let input = input.baseAddress, let result = result.baseAddress else { return }
                for first in stride(from: 0, to: rows, by: block) {
                    let count = min(block, rows - first)
                    try infer(input + first * inputCount, rows: count, tape: tape, execution: execution)
                    (result + first * outputCount).update(from: tape.output, count: count * outputCount)
                }
            }
        }
        return result
    }
}
