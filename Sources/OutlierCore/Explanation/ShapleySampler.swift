/// Shapley values of a pipeline's score by sampling (E. Štrumbelj, I. Kononenko: *Explaining prediction models and individual
/// predictions with feature contributions*, 2014): the columns of a training row become those of the explained row one after
/// the other, in a random order; a column's contribution is the mean change of the score. Each order is also taken backwards,
/// which costs as much and errs less. A row's values do not depend on the other rows, as all see the same orders.
struct ShapleySampler {
    let pipeline: FittedPipeline
    let background: Matrix
    /// An order costs as many scores as there are columns, of rows as wide.
    static let columnLimit = 4000
    /// Orders, half of them the reverse of the others.
    let samples: Int

    init(pipeline: FittedPipeline, background: Matrix, samples: Int?) throws {
        self.pipeline = pipeline
        let width = background.columnCount
        guard width <= Self.columnLimit else {
            throw OutlierError(
                .invalidConfiguration,
                "Shapley values are sampled of at most \(Self.columnLimit) columns, but there are \(width)",
                suggestion: "Use a detector that is “explainable”, or fewer columns.")
        }
        let count = samples ?? max(10, min(100, 20_000 / (width + 1)))
        guard count >= 2 else {
            throw OutlierError(
                .invalidParameter, "at least 2 orders of the columns must be sampled, but \(count) was given")
        }
        self.samples = count + count % 2
        // Rows that cannot be scored are no background.
        let scores =
            try background.rowCount == 0
            ? Scores() : pipeline.scores(of: Dataset(background, columns: pipeline.columns))
        let usable = scores.scoredRows
        guard !usable.isEmpty else {
            throw OutlierError(
                .invalidConfiguration, "the model has no training row to compare with",
                suggestion: "Fit it again on rows without missing values, or with “impute”.")
        }
        self.background = background.selectingRows(usable)
    }

    func contributions(
        of data: Dataset, scores: Scores, execution: Execution
    ) throws -> (values: Matrix, errors: Matrix) {
        let width = data.columnCount
        var values = Matrix(rowCount: data.rowCount, columnCount: width)
        var errors = values
        // So many orders at once that the made-up rows stay within some megabytes.
        let chunk = max(2, min(samples, 4_000_000 / ((width + 1) * width)) / 2 * 2)
        for row in 0..<data.rowCount where !scores[row].isNaN {
            var sums = [Double](repeating: 0, count: width)
            var squares = sums
            var done = 0
            var random = RandomSource(seed: pipeline.seed, stream: 0x5348_4150)
            while done < samples {
                try execution.checkCancellation()
                let pairs = min(chunk, samples - done) / 2
                let changes = try self.changes(of: data, row: row, pairs: pairs, random: &random, execution)
                for pair in 0..<pairs {
                    for column in 0..<width {
                        let mean = changes[pair * width + column]
                        sums[column] += mean
                        squares[column] += mean * mean
                    }
                }
                done += 2 * pairs
            }
            let count = Double(samples / 2)
            for column in 0..<width {
                let mean = sums[column] / count
                values[row, column] = mean
                let variance = max(0, squares[column] / count - mean * mean)
                errors[row, column] = count > 1 ? (variance / (count - 1)).squareRoot() : .nan
            }
        }
        return (values, errors)
    }

    /// For each pair of an order and its reverse, the mean change of the score that each column makes.
    private func changes(
        of data: Dataset, row: Int, pairs: Int, random: inout RandomSource, _ execution: Execution
    ) throws -> [Double] {
        let width = data.columnCount
        let explained = data.matrix.row(row)
        var orders: [[Int]] = []
        var made = Matrix(rowCount: pairs * 2 * (width + 1), columnCount: width)
        made.withUnsafeMutableBufferPointer { target in
            var start = 0
            for _ in 0..<pairs {
                let order = random.sample(width, below: width)
                let other = background.row(random.index(below: background.rowCount))
                for order in [order, order.reversed()] {
                    orders.append(order)
                    var current = other
                    for step in 0...width {
                        if step > 0 { current[order[step - 1]] = explained[order[step - 1]] }
                        for column in 0..<width { target[start + column] = current[column] }
                        start += width
                    }
                }
            }
        }
        let scores = try pipeline.scores(of: Dataset(made, columns: pipeline.columns), execution: execution)
            .map { min(max($0, -1e150), 1e150) }
        var changes = [Double](repeating: 0, count: pairs * width)
        for (index, order) in orders.enumerated() {
            for (step, column) in order.enumerated() {
                let change = scores[index * (width + 1) + step + 1] - scores[index * (width + 1) + step]
                // A row in between that cannot be scored says nothing.
                if !change.isNaN { changes[index / 2 * width + column] += change / 2 }
            }
        }
        return changes
    }
}
