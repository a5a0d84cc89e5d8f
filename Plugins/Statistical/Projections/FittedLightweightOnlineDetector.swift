import CKernels
public import OutlierCore

/// The projections and histograms of ``LightweightOnlineDetector``.
public struct FittedLightweightOnlineDetector: Explainable {
    let cuts: RandomCuts
    let histograms: HistogramSet
    /// −ln p of each bin; two entries more than bins for each projection.
    let values: [Double]
    let binLookup: LightweightOnlineDetector.BinLookup

    public var featureCount: Int { cuts.columnCount }

    init(
        cuts: RandomCuts, histograms: HistogramSet, values: [Double], binLookup: LightweightOnlineDetector.BinLookup
    ) {
        self.cuts = cuts
        self.histograms = histograms
        self.values = values
        self.binLookup = binLookup
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            return try execution.map(data.rowCount, blockSize: RandomCuts.blockSize) { rows, scores in
                score(table, rows: rows, scores: scores.baseAddress, each: nil)
            }
        }
    }

    /// The one-sided two-sample t statistic of −ln p between the projections that use a column and the others: large where
    /// the row is rare because of the column. 0 where fewer than two projections use it, or fewer than two do not.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        var users = [[Int]](repeating: [], count: featureCount)
        for cut in 0..<cuts.count {
            // A weight of 0 or a repeated feature, which a file may hold, does no harm here.
            for feature in Set(cuts.features(of: cut)) { users[Int(feature)].append(cut) }
        }
        let usersOfFeature = users
        var result = Matrix(rowCount: data.rowCount, columnCount: featureCount)
        try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            try result.withUnsafeMutableBufferPointer { result in
                let result = SharedBuffer(result)
                try execution.forEachBlock(of: data.rowCount, size: 256) { rows in
                    var scores = [Double](repeating: 0, count: rows.count)
                    var each = [Double](repeating: 0, count: rows.count * cuts.count)
                    scores.withUnsafeMutableBufferPointer { scores in
                        each.withUnsafeMutableBufferPointer { each in
                            score(table, rows: rows, scores: scores.baseAddress, each: each.baseAddress)
                        }
                    }
                    for (index, row) in rows.enumerated() {
                        let terms = each[index * cuts.count..<(index + 1) * cuts.count]
                        let statistics = CutStatistics(terms: Array(terms))
                        for feature in 0..<featureCount {
                            result.buffer[row * featureCount + feature] = statistics.tStatistic(
                                of: usersOfFeature[feature])
                        }
                    }
                }
            }
        }
        return result
    }

    private func score(
        _ table: SharedReadBuffer<Double>, rows: Range<Int>, scores: UnsafeMutablePointer<Double>?,
        each: UnsafeMutablePointer<Double>?
    ) {
        guard let base = table.buffer.baseAddress, let scores else { return }
        cuts.withKernel(histograms) { kernel, scratch in
            values.withUnsafeBufferPointer { values in
                outlier_cuts_score(
                    kernel, values.baseAddress, binLookup == .pyod ? 1 : 0, base + rows.lowerBound * featureCount,
                    rows.count, scratch, scores, each)
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        cuts.encode(to: &archive)
        histograms.encode(to: &archive)
        archive.store(values, as: "values")
        archive.store(binLookup.rawValue, as: "bin-lookup")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        cuts = try RandomCuts(from: archive, registry: registry)
        histograms = try HistogramSet(from: archive, count: cuts.count)
        values = try archive.doubles("values", count: histograms.entryCount(extra: 1))
        guard let binLookup = LightweightOnlineDetector.BinLookup(rawValue: try archive.string("bin-lookup")) else {
            throw OutlierError(.invalidModel, "the model's bin lookup is not known")
        }
        self.binLookup = binLookup
    }
}

/// What the projections say of one row, as samples to compare.
private struct CutStatistics {
    let terms: [Double]
    let sum: Double
    let squares: Double

    init(terms: [Double]) {
        // Deviations from the mean of all keep the digits of the variances.
        let mean = terms.reduce(0, +) / Double(terms.count)
        self.terms = terms.map { $0 - mean }
        sum = self.terms.reduce(0, +)
        squares = self.terms.reduce(0) { $0 + $1 * $1 }
    }

    /// Welch's t statistic of some of the terms against the others.
    func tStatistic(of users: [Int]) -> Double {
        let count = Double(users.count)
        let others = Double(terms.count) - count
        guard count >= 2, others >= 2 else { return 0 }
        var inside = 0.0
        var insideSquares = 0.0
        for cut in users {
            inside += terms[cut]
            insideSquares += terms[cut] * terms[cut]
        }
        let outside = sum - inside
        let variance = max(0, insideSquares - inside * inside / count) / (count - 1)
        let otherVariance = max(0, squares - insideSquares - outside * outside / others) / (others - 1)
        let error = (variance / count + otherVariance / others).squareRoot()
        let difference = inside / count - outside / others
        return error > 0 ? difference / error : 0
    }
}
