import CKernels
import OutlierCore

/// The empirical distribution of each column of a table.
struct TailDistributions: Sendable {
    let columnCount: Int
    let rowCount: Int
    /// The values of the first column in ascending order, then those of the second, and so on. In place of those that
    /// are missing stands the largest again.
    let sorted: [Double]
    /// How many values of each column are there.
    let counts: [Int]
    /// The mean tails of each column, left and right (where the rule keeps both), which missing values have.
    let means: [MeanTails]
    /// The sign of each column's skewness.
    let skewness: [Int]
    /// How much each of `sorted` counts, in its order; 0 for what stands in place of missing values. `nil` where all count
    /// alike.
    let weights: [Double]?
    /// Of each column; those of columns whose rows count alike share their storage.
    private let logarithms: [TailLogarithms]

    struct MeanTails: Sendable {
        var left = 0.0
        var right = 0.0
    }

    init(
        columnCount: Int, rowCount: Int, sorted: [Double], weights: [Double]?, counts: [Int], means: [MeanTails],
        skewness: [Int], logarithms known: TailLogarithms? = nil
    ) {
        self.counts = counts
        self.means = means
        self.columnCount = columnCount
        self.rowCount = rowCount
        self.sorted = sorted
        self.weights = weights
        self.skewness = skewness
        if let weights {
            logarithms = sorted.withUnsafeBufferPointer { sorted in
                weights.withUnsafeBufferPointer { weights in
                    (0..<columnCount).map { column in
                        let range = column * rowCount..<column * rowCount + counts[column]
                        return TailLogarithms(
                            values: UnsafeBufferPointer(rebasing: sorted[range]),
                            weights: UnsafeBufferPointer(rebasing: weights[range]))
                    }
                }
            }
            return
        }
        var ofCount = known.map { [rowCount: $0] } ?? [:]
        logarithms = counts.map { count in
            let tails = ofCount[count] ?? TailLogarithms(count: count)
            ofCount[count] = tails
            return tails
        }
    }

    /// Learns the distributions of `data` and scores its rows.
    static func learn(
        from given: Dataset, rule: TailRule, context: FitContext
    ) throws -> (distributions: TailDistributions, scores: [Double]) {
        let data = given.rowsThatCount
        let (distributions, scores) = try learn(fromRowsThatCount: data, rule: rule, context: context)
        guard data.rowCount == given.rowCount else {
            return (
                distributions, try distributions.scores(of: given.matrix, rule: rule, execution: context.execution)
            )
        }
        return (distributions, scores)
    }

    private static func learn(
        fromRowsThatCount data: Dataset, rule: TailRule, context: FitContext
    ) throws -> (distributions: TailDistributions, scores: [Double]) {
        try SortedColumn.checkRowCount(data.rowCount)
        let rowCount = data.rowCount
        let logarithms = TailLogarithms(count: rowCount)
        // Says where a column has no value at all.
        _ = try Surrogates.find(in: data)
        var counts = [Int](repeating: rowCount, count: data.columnCount)
        var means = [MeanTails](repeating: MeanTails(), count: data.columnCount)
        var skewness = [Int](repeating: 0, count: data.columnCount)
        var scores: [Double] = []
        var weights = data.weights.map { _ in [Double](repeating: 0, count: rowCount * data.columnCount) }
        let sorted = try [Double](unsafeUninitializedCapacity: rowCount * data.columnCount) { sorted, initialized in
            let shared = SharedBuffer(sorted)
            let known = Guarded<[Int: LearntColumn]>([:])
            scores = try TailSums.scores(
                of: [data.matrix], rule: rule, execution: context.execution,
                progress: { context.report($0, stage: "sorting") }
            ) { column, terms in
                guard let target = shared.buffer.baseAddress else { return 0 }
                let learnt = learn(
                    terms, rule: rule, logarithms: logarithms, weights: data.weights,
                    sorted: target + column * rowCount)
                known.withLock { $0[column] = learnt }
                return learnt.skewness
            }
            for (column, learnt) in known.withLock({ $0 }) {
                skewness[column] = learnt.skewness
                counts[column] = learnt.count
                means[column] = learnt.means
                weights?.replaceSubrange(
                    column * rowCount..<column * rowCount + learnt.weights.count, with: learnt.weights)
            }
            initialized = rowCount * data.columnCount
        }
        let distributions = TailDistributions(
            columnCount: data.columnCount, rowCount: rowCount, sorted: sorted, weights: weights, counts: counts,
            means: means, skewness: skewness, logarithms: logarithms)
        return (distributions, scores)
    }

    /// What is learnt of a column besides its values.
    private struct LearntColumn: Sendable {
        var skewness: Int
        var count: Int
        var means: MeanTails
        /// In the order of the sorted values; empty where all count alike.
        var weights: [Double]
    }

    /// Replaces a column's values by the terms of its own distribution; those of missing values are the means.
    ///
    /// - Parameters:
    ///   - logarithms: the tails of a column that has all values, where all count alike.
    ///   - weights: how much each value counts, above 0; `nil` where all count alike.
    private static func learn(
        _ terms: TailSums.Terms, rule: TailRule, logarithms: TailLogarithms, weights: [Double]?,
        sorted: UnsafeMutablePointer<Double>
    ) -> LearntColumn {
        let count = terms.values.count
        var present = PresentTerms(terms)
        let used = present.count
        let table = used == count || weights != nil ? logarithms : TailLogarithms(count: used)
        let own = weights.map(present.present)
        let (sign, sortedWeights) = present.withTerms {
            score($0, rule: rule, logarithms: table, weights: own, sorted: sorted)
        }
        for row in used..<max(used, count) { sorted[row] = used > 0 ? sorted[used - 1] : 0 }
        let means = present.means(keepsBothTails: rule.keepsBothTails, weights: own)
        present.spread(over: terms, means: means)
        return LearntColumn(skewness: sign, count: used, means: means, weights: sortedWeights)
    }

    /// Replaces a column's values by the terms of its own distribution, and says the sign of its skewness and the weights
    /// of the sorted values.
    private static func score(
        _ terms: TailSums.Terms, rule: TailRule, logarithms: TailLogarithms, weights: [Double]?,
        sorted: UnsafeMutablePointer<Double>
    ) -> (sign: Int, sortedWeights: [Double]) {
        let count = terms.values.count
        guard count > 0, let values = terms.values.baseAddress else { return (0, []) }
        let origins = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        let spare = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        defer {
            origins.deallocate()
            spare.deallocate()
        }
        outlier_sort_with_origins(values, count, sorted, origins, spare)
        let largest = max(-sorted[0], sorted[count - 1])
        var logarithms = logarithms
        var sortedWeights: [Double] = []
        let sign: Int
        if let weights {
            sortedWeights = (0..<count).map {
                weights[Int(truncatingIfNeeded: UInt32(truncatingIfNeeded: origins[$0]))]
            }
            (sign, logarithms) = sortedWeights.withUnsafeBufferPointer { weights in
                let values = UnsafeBufferPointer(start: sorted, count: count)
                return (
                    Skewness.sign(of: values, weights: weights, largest: largest),
                    TailLogarithms(values: values, weights: weights)
                )
            }
        } else {
            sign = Skewness.sign(of: UnsafeBufferPointer(terms.values), largest: largest)
        }
        let sides = rule.weights(skewness: sign)
        outlier_tails_of_sorted(
            sorted, origins, count, logarithms.left, logarithms.right, sides.left, sides.right, rule.kernelRule,
            values, terms.rightTails)
        return (sign, sortedWeights)
    }

    /// Scores rows against the distributions.
    func scores(of matrix: Matrix, rule: TailRule, execution: Execution) throws -> [Double] {
        try SortedColumn.checkRowCount(matrix.rowCount)
        // One walk along both lists pays where the rows are not much fewer than those of the fit.
        let merges = matrix.rowCount > 1024 && matrix.rowCount > rowCount / 64
        if !merges && matrix.rowCount <= 64 { return rowByRow(matrix, rule: rule) }
        return try TailSums.scores(of: [matrix], rule: rule, execution: execution) { column, terms in
            var present = PresentTerms(terms)
            present.withTerms { score($0, column: column, rule: rule, merges: merges) }
            present.spread(over: terms, means: means[column])
            return skewness[column]
        }
    }

    private func score(_ terms: TailSums.Terms, column: Int, rule: TailRule, merges: Bool) {
        let count = terms.values.count
        let weights = rule.weights(skewness: skewness[column])
        guard count > 0, let values = terms.values.baseAddress else { return }
        withColumn(column) { distribution, left, right in
            if !merges {
                outlier_tails_by_search(
                    distribution, counts[column], left, right, weights.left, weights.right, rule.kernelRule, values,
                    count, values, terms.rightTails)
                return
            }
            let sorted = UnsafeMutablePointer<Double>.allocate(capacity: count)
            let origins = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
            let spare = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
            defer {
                sorted.deallocate()
                origins.deallocate()
                spare.deallocate()
            }
            outlier_sort_with_origins(values, count, sorted, origins, spare)
            outlier_tails_by_merge(
                distribution, counts[column], left, right, weights.left, weights.right, rule.kernelRule, sorted,
                origins, count, values, terms.rightTails)
        }
    }

    /// The same sums for a few rows, without the buffers that many rows need.
    private func rowByRow(_ matrix: Matrix, rule: TailRule) -> [Double] {
        contributions(of: matrix, rule: rule).map(\.score)
    }

    /// Scores rows against the joint distribution of the fitted rows and all rows of `matrix`.
    func jointScores(of matrix: Matrix, rule: TailRule, execution: Execution) throws -> [Double] {
        let total = rowCount + matrix.rowCount
        try SortedColumn.checkRowCount(total)
        // The fitted values of a column come in ascending order: scores do not depend on it, and are not looked at.
        let fitted = Matrix(rowCount: rowCount, columnCount: columnCount) { target in
            for column in 0..<columnCount {
                for row in 0..<rowCount {
                    let value = row < counts[column] ? sorted[column * rowCount + row] : .nan
                    target.initializeElement(at: row * columnCount + column, to: value)
                }
            }
        }
        let logarithms = TailLogarithms(count: total)
        let scores = try TailSums.scores(of: [fitted, matrix], rule: rule, execution: execution) { column, terms in
            let sorted = UnsafeMutablePointer<Double>.allocate(capacity: total)
            defer { sorted.deallocate() }
            let weights = weights.map { weights in
                weights[column * rowCount..<(column + 1) * rowCount] + [Double](repeating: 1, count: matrix.rowCount)
            }
            return TailDistributions.learn(
                terms, rule: rule, logarithms: logarithms, weights: weights.map(Array.init), sorted: sorted
            ).skewness
        }
        return Array(scores[rowCount...])
    }

    /// The score of each row, and what each column adds to it.
    func contributions(of matrix: Matrix, rule: TailRule) -> [(score: Double, columns: [Double])] {
        (0..<matrix.rowCount).map { row in contributions(of: matrix.row(row), rule: rule) }
    }

    func contributions(of row: [Double], rule: TailRule) -> (score: Double, columns: [Double]) {
        var left = [Double](repeating: 0, count: columnCount)
        var right = left
        var skewed = left
        var sums = (left: 0.0, right: 0.0, skewed: 0.0)
        for column in 0..<columnCount {
            var value = row[column]
            let weights = rule.weights(skewness: skewness[column])
            if value.isNaN {
                left[column] = means[column].left
                right[column] = means[column].right
            } else {
                withColumn(column) { distribution, leftTails, rightTails in
                    outlier_tails_by_search(
                        distribution, counts[column], leftTails, rightTails, weights.left, weights.right,
                        rule.kernelRule, &value, 1, &left[column], &right[column])
                }
            }
            sums.left += left[column]
            if rule.keepsBothTails {
                skewed[column] = left[column] * weights.left + right[column] * weights.right
                sums.right += right[column]
                sums.skewed += skewed[column]
            }
        }
        guard rule.keepsBothTails else { return (sums.left, left) }
        let score = max(sums.left, sums.right, sums.skewed)
        return (score, score == sums.left ? left : score == sums.right ? right : skewed)
    }

    /// Calls `body` with the sorted values of a column and its left and right tails.
    private func withColumn(
        _ column: Int, _ body: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>) -> Void
    ) {
        let tails = logarithms[column]
        sorted.withUnsafeBufferPointer { sorted in
            tails.left.withUnsafeBufferPointer { left in
                tails.right.withUnsafeBufferPointer { right in
                    if let sorted = sorted.baseAddress, let left = left.baseAddress, let right = right.baseAddress {
                        body(sorted + column * rowCount, left, right)
                    }
                }
            }
        }
    }
}

extension TailDistributions: Persistable {
    func encode(to archive: inout ModelArchive) throws {
        archive.store(try Matrix(rowCount: columnCount, columnCount: rowCount, values: sorted), as: "sorted")
        archive.store(skewness, as: "skewness")
        archive.store(counts, as: "counts")
        archive.store(means.map(\.left), as: "left-means")
        archive.store(means.map(\.right), as: "right-means")
        if let weights {
            archive.store(try Matrix(rowCount: columnCount, columnCount: rowCount, values: weights), as: "weights")
        }
    }

    init(from archive: ModelArchive, registry: Registry) throws {
        let sorted = try archive.matrix("sorted")
        guard sorted.rowCount > 0, sorted.columnCount > 0 else {
            throw OutlierError(.invalidModel, "the model's distributions are empty")
        }
        let values = sorted.values
        for start in stride(from: 0, to: values.count, by: sorted.columnCount) {
            var previous = -Double.infinity
            for index in start..<start + sorted.columnCount {
                guard values[index].isFinite, values[index] >= previous else {
                    throw OutlierError(.invalidModel, "the model's distributions do not ascend")
                }
                previous = values[index]
            }
        }
        let counts = try archive.integers("counts", count: sorted.rowCount, in: 1...sorted.columnCount)
        var weights: [Double]?
        if archive.hasTensor("weights") {
            let given = try archive.matrix("weights", rows: sorted.rowCount, columns: sorted.columnCount)
            for (column, count) in counts.enumerated() {
                let own = given.row(column).prefix(count)
                guard own.allSatisfy({ $0 > 0 }), own.reduce(0, +).isFinite else {
                    throw OutlierError(.invalidModel, "the model's weights are no numbers above 0")
                }
            }
            weights = given.values
        }
        self.init(
            columnCount: sorted.rowCount, rowCount: sorted.columnCount, sorted: values, weights: weights,
            counts: counts,
            means: zip(
                try archive.doubles("left-means", count: sorted.rowCount),
                try archive.doubles("right-means", count: sorted.rowCount)
            ).map { MeanTails(left: $0, right: $1) },
            skewness: try archive.integers("skewness", count: sorted.rowCount, in: -1...1))
    }
}
