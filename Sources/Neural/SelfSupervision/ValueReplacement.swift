internal import OutlierCore

/// Replaces a share of a batch's values by those of other rows, column by column.
struct ValueReplacement {
    /// What random numbers are for within a step.
    private enum Stream: Int {
        case choices = 1001
        case sources = 1002
    }

    let share: Float
    private let choices: Arena
    private let sources: Arena

    init(share: Float, count: Int) {
        self.share = share
        choices = Arena(count)
        sources = Arena(count)
    }

    /// Writes the changed rows to `target`, and where `mask` is given 1 for each value that was replaced and 0 for the
    /// others.
    func apply(
        _ batch: Batch, width: Int, to target: UnsafeMutablePointer<Float>,
        mask: UnsafeMutablePointer<Float>? = nil
    ) {
        let count = batch.rows * width
        batch.random.part(Stream.choices).fillUniform(UnsafeMutableBufferPointer(start: choices.base, count: count))
        batch.random.part(Stream.sources).fillUniform(UnsafeMutableBufferPointer(start: sources.base, count: count))
        let rows = Float(batch.rows)
        for index in 0..<count {
            let isReplaced = choices.base[index] < share
            mask?[index] = isReplaced ? 1 : 0
            if isReplaced {
                let row = min(batch.rows - 1, Int(sources.base[index] * rows))
                target[index] = batch.input[row * width + index % width]
            } else {
                target[index] = batch.input[index]
            }
        }
    }
}
