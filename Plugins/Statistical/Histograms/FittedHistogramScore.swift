import CKernels
public import OutlierCore

/// The histograms that ``HistogramBasedOutlierScore`` counted.
public struct FittedHistogramScore: Explainable, MissingTolerant {
    let histograms: HistogramSet
    /// What each bin adds to a score; three entries more than bins for each column.
    let values: [Double]
    let tolerance: Double
    let binLookup: HistogramBasedOutlierScore.BinLookup
    /// What kernels see in place of a missing value.
    let surrogates: [Double]
    /// What each column adds to a score on average.
    let averages: [Double]

    public var featureCount: Int { histograms.count }

    init(
        histograms: HistogramSet, values: [Double], tolerance: Double,
        binLookup: HistogramBasedOutlierScore.BinLookup, surrogates: [Double], averages: [Double]
    ) {
        self.histograms = histograms
        self.values = values
        self.tolerance = tolerance
        self.binLookup = binLookup
        self.surrogates = surrogates
        self.averages = averages
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        guard data.matrix.containsNonFinite(execution: execution) else {
            return try scores(of: data.matrix, execution)
        }
        let (matrix, holes) = Surrogates.fill(data.matrix, with: surrogates)
        var scores = try scores(of: matrix, execution)
        let own = surrogateContributions
        for hole in holes {
            let column = hole % featureCount
            scores[hole / featureCount] += averages[column] - own[column]
        }
        return scores
    }

    /// What the surrogates add to a score.
    private var surrogateContributions: [Double] {
        var score = 0.0
        var contributions = [Double](repeating: 0, count: featureCount)
        surrogates.withUnsafeBufferPointer { row in
            contributions.withUnsafeMutableBufferPointer { target in
                self.score(SharedReadBuffer(row), rows: 0..<1, scores: &score, contributions: target.baseAddress)
            }
        }
        return contributions
    }

    private func scores(of matrix: Matrix, _ execution: Execution) throws -> [Double] {
        try matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            return try execution.map(matrix.rowCount, blockSize: 8192) { rows, scores in
                score(table, rows: rows, scores: scores.baseAddress, contributions: nil)
            }
        }
    }

    /// −log₂ of each column's density: the terms of the score.
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try data.requireColumns(featureCount)
        var result = Matrix(rowCount: data.rowCount, columnCount: data.columnCount)
        let (matrix, holes) = Surrogates.fill(data.matrix, with: surrogates)
        try matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            try result.withUnsafeMutableBufferPointer { result in
                let result = SharedBuffer(result)
                try execution.forEachBlock(of: data.rowCount, size: 8192) { rows in
                    var scores = [Double](repeating: 0, count: rows.count)
                    scores.withUnsafeMutableBufferPointer { scores in
                        score(
                            table, rows: rows, scores: scores.baseAddress,
                            contributions: result.buffer.baseAddress.map { $0 + rows.lowerBound * featureCount })
                    }
                }
            }
        }
        for hole in holes { result[hole / featureCount, hole % featureCount] = averages[hole % featureCount] }
        return result
    }

    private func score(
        _ table: SharedReadBuffer<Double>, rows: Range<Int>, scores: UnsafeMutablePointer<Double>?,
        contributions: UnsafeMutablePointer<Double>?
    ) {
        guard let base = table.buffer.baseAddress, let scores else { return }
        histograms.withKernel { kernel in
            values.withUnsafeBufferPointer { values in
                outlier_histogram_score(
                    kernel, values.baseAddress, tolerance, binLookup == .pyod ? 1 : 0,
                    base + rows.lowerBound * featureCount, rows.count, scores, contributions)
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        histograms.encode(to: &archive)
        archive.store(values, as: "values")
        archive.store(.number(tolerance), as: "tolerance")
        archive.store(binLookup.rawValue, as: "bin-lookup")
        archive.store(surrogates, as: "surrogates")
        archive.store(averages, as: "averages")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        histograms = try HistogramSet(from: archive)
        values = try archive.doubles("values", count: histograms.entryCount(extra: 2))
        surrogates = try archive.doubles("surrogates", count: histograms.count)
        averages = try archive.doubles("averages", count: histograms.count)
        guard let tolerance = try archive.value("tolerance").double, tolerance.isFinite else {
            throw OutlierError(.invalidModel, "the model's tolerance is not a number")
        }
        self.tolerance = tolerance
        // Models of the time before there was a choice were made with PyOD's.
        let name = try archive.stringIfPresent("bin-lookup") ?? "pyod"
        guard let binLookup = HistogramBasedOutlierScore.BinLookup(rawValue: name) else {
            throw OutlierError(.invalidModel, "the model's bin lookup “\(name)” is not known")
        }
        self.binLookup = binLookup
    }
}
