import CKernels
public import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A histogram of each column; a row is anomalous where its bins hold few rows.
///
/// The score is Σ −log₂(density + `alpha`) over the columns, the density being that of the column's bin; higher is more
/// anomalous, and a score may be negative. Columns are taken to be independent: an anomaly that only a combination of
/// columns shows is not found. The density depends on the unit of a column, and `alpha` is added to it whatever the unit:
/// scale the columns first.
///
/// Bins, edges and the treatment of rows outside them are PyOD's: a row outside the edges, but by no more than `tolerance`
/// widths of the outermost bin, gets that bin's density, a row further out the lowest density of the column. A row is
/// scored by the bin that counted it, as in the paper. PyOD counts a value that lies on the edge of two bins in the upper
/// one and scores it by the lower one, which makes the most common of some whole numbers the most anomalous:
/// ``BinLookup/pyod`` does the same, for comparisons. With `bins` nil the number of bins is chosen
/// for each column; that rule, too, is PyOD's. `binWidth` ``BinWidth/dynamic`` is the paper's other variant: bins of
/// about equally many rows.
///
/// A missing value is left out of its column's histogram, and adds to a score what the column adds on average.
///
/// A row of weight 2 counts as two equal rows. Where bins depend on the number of rows (`bins` nil, dynamic widths),
/// weights that add up to less than there are rows are first multiplied so that they add up to that.
///
/// Fitting takes O(n·d), or O(n·d·log n) with `bins` nil or dynamic widths; scoring O(n·d). Nothing is random.
///
/// M. Goldstein and A. Dengel, “Histogram-based Outlier Score (HBOS): A Fast Unsupervised Anomaly Detection Algorithm”,
/// KI 2012.
///
/// - Throws: fitting, ``OutlierError/Code/numericalFailure`` where a column's range is wider than a number can say.
public struct HistogramBasedOutlierScore: Detector, WeightLearning {
    /// How wide bins are.
    public enum BinWidth: String, Sendable, CaseIterable {
        /// All bins of a column are equally wide.
        case `static`
        /// The bins of a column hold about equally many rows.
        case dynamic
    }

    /// Which bin of a histogram gives a row's density.
    public enum BinLookup: String, Sendable, CaseIterable {
        /// The one that counted it: a bin holds its lower edge, the last one both.
        case own
        /// The one that PyOD 3.6 takes: that below, where a value lies on an edge.
        case pyod
    }

    public static let name = "hbos"
    public static let aliases = ["histogram-based-outlier-score"]
    public static let summary = "Scores rows by the densities of the histograms of the columns."
    public static let reference: String? =
        "M. Goldstein and A. Dengel, Histogram-based Outlier Score (HBOS): A Fast Unsupervised Anomaly Detection Algorithm, 2012"
    public static var parameters: [Parameter<HistogramBasedOutlierScore>] {
        [
            .integer(
                "bins", \.bins, in: .between(2, 1_000_000), null: "chosen for each column",
                "Number of bins of each column."
            )
            .searched(.logarithmic(5...100)),
            .number(
                "alpha", \.alpha, in: .strictlyBetween(0, 1), "Added to every density, so that none is 0."),
            .number(
                "tolerance", \.tolerance, in: .strictlyBetween(0, 1),
                "How far outside the outermost bin a row may lie to get its density, in widths of that bin."),
            .choice("bin-width", \.binWidth, "Bins of one width, or of equally many rows.")
                .searched(.values(["static", "dynamic"])),
            .choice(
                "bin-lookup", \.binLookup,
                "Whether a value on the edge of two bins is scored by the one that counted it, or as PyOD does."),
        ]
    }

    /// The number of bins, at least 2; `nil` for a choice of its own for each column.
    public var bins: Int?
    /// What is added to every density, between 0 and 1.
    public var alpha: Double
    /// How far outside a row may lie, in widths of the outermost bin, between 0 and 1.
    public var tolerance: Double
    public var binWidth: BinWidth
    public var binLookup: BinLookup

    public init() { self.init(bins: 10) }

    public init(
        bins: Int?, alpha: Double = 0.1, tolerance: Double = 0.5, binWidth: BinWidth = .static,
        binLookup: BinLookup = .own
    ) {
        self.bins = bins
        self.alpha = alpha
        self.tolerance = tolerance
        self.binWidth = binWidth
        self.binLookup = binLookup
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedHistogramScore {
        let given = data.rowsThatCount
        let surrogates = try Surrogates.find(in: given)
        let (matrix, holes) =
            given.matrix.containsNonFinite(execution: context.execution)
            ? Surrogates.fill(given.matrix, with: surrogates) : (given.matrix, [])
        let data = holes.isEmpty ? given : try given.replacing(matrix)
        // How much the rows count that lack a column, and those that have it.
        var missing = [Double](repeating: 0, count: data.columnCount)
        for hole in holes { missing[hole % data.columnCount] += data.weights?[hole / data.columnCount] ?? 1 }
        let total = data.weights?.reduce(0, +) ?? Double(data.rowCount)
        let histograms = try HistogramSet(try edges(of: data, given: given, missing: missing, context: context))
        context.report(0.5, stage: "counting")
        let entries = histograms.entryCount(extra: 1)
        var counts = try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            let width = data.columnCount
            return try ParallelCounts.count(
                entries: entries, rowCount: data.rowCount, weights: data.weights, blockSize: 8192,
                execution: context.execution
            ) { rows, counts in
                histograms.withKernel { kernel in
                    if let base = table.buffer.baseAddress {
                        outlier_histogram_count(kernel, base + rows.lowerBound * width, rows.count, counts)
                    }
                }
            } weigh: { rows, weights, sums in
                histograms.withKernel { kernel in
                    if let base = table.buffer.baseAddress {
                        outlier_histogram_weigh(kernel, base + rows.lowerBound * width, rows.count, weights, sums)
                    }
                }
            }
        }
        if !holes.isEmpty { discount(surrogates, missing, histograms, &counts) }
        var values: [Double] = []
        var averages: [Double] = []
        values.reserveCapacity(histograms.entryCount(extra: 2))
        for column in 0..<histograms.count {
            let edges = Array(histograms.edges(of: column))
            let start = histograms.entryStart(of: column, extra: 1) + 1
            let scores = (0..<edges.count - 1).map { bin in
                let density =
                    counts[start + bin] / (edges[bin + 1] - edges[bin]) / (total - missing[column])
                return -log2(min(density, .greatestFiniteMagnitude) + alpha)
            }
            // Below the edges, the bins, above the edges, far away from them.
            values.append(scores[0])
            values.append(contentsOf: scores)
            values.append(scores[scores.count - 1])
            values.append(scores.max() ?? 0)
            var average = 0.0
            for (bin, score) in scores.enumerated() { average += counts[start + bin] * score }
            averages.append(average / (total - missing[column]))
        }
        return FittedHistogramScore(
            histograms: histograms, values: values, tolerance: tolerance, binLookup: binLookup, surrogates: surrogates,
            averages: averages)
    }

    /// Takes the surrogates of missing values out of the counts.
    private func discount(
        _ surrogates: [Double], _ missing: [Double], _ histograms: HistogramSet, _ counts: inout [Double]
    ) {
        var one = [UInt64](repeating: 0, count: counts.count)
        histograms.withKernel { kernel in outlier_histogram_count(kernel, surrogates, 1, &one) }
        for column in 0..<histograms.count where missing[column] > 0 {
            let start = histograms.entryStart(of: column, extra: 1)
            let end =
                column + 1 < histograms.count ? histograms.entryStart(of: column + 1, extra: 1) : counts.count
            // Rounding must not leave less than nothing.
            for entry in start..<end where one[entry] > 0 { counts[entry] = max(0, counts[entry] - missing[column]) }
        }
    }

    /// - Parameters:
    ///   - data: without holes.
    ///   - given: with them.
    private func edges(
        of data: Dataset, given: Dataset, missing: [Double], context: FitContext
    ) throws -> [BinEdges] {
        if binWidth == .static, let bins {
            let ranges = try data.matrix.withUnsafeBufferPointer { table in
                let table = SharedReadBuffer(table)
                return try ParallelRanges.find(
                    count: data.columnCount, rowCount: data.rowCount, blockSize: 8192, execution: context.execution
                ) { rows, lowest, highest in
                    if let base = table.buffer.baseAddress {
                        outlier_column_ranges(
                            base + rows.lowerBound * data.columnCount, rows.count, data.columnCount, lowest, highest)
                    }
                }
            }
            return try data.columns.indices.map { column in
                try BinEdges.equalWidth(
                    lowest: ranges.lowest[column], highest: ranges.highest[column], bins: bins,
                    of: "the column “\(data.columns[column].name)”")
            }
        }
        var result = [BinEdges](repeating: BinEdges(edges: [0, 1]), count: data.columnCount)
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try context.execution.forEach(data.columnCount) { column in
                let values =
                    missing[column] == 0
                    ? try SortedColumn.weighted(of: data, column: column) : present(in: given, column: column)
                let place = "the column “\(data.columns[column].name)”"
                let count = try bins ?? AutomaticBinCount.choose(values, penalty: .perBin, of: place)
                result.buffer[column] =
                    switch binWidth {
                    case .dynamic: try BinEdges.equalFrequency(values, bins: count, of: place)
                    case .static:
                        try BinEdges.equalWidth(
                            lowest: values.sorted[0], highest: values.sorted[values.count - 1], bins: count, of: place)
                    }
            }
        }
        return result
    }

    /// The values of a column that are there.
    private func present(in data: Dataset, column: Int) -> WeightedColumn {
        let values = data.matrix.column(column)
        let rows = values.indices.filter { !values[$0].isNaN }
        return WeightedColumn(
            rows.map { values[$0] }, weights: data.weights.map { weights in rows.map { weights[$0] } })
    }
}

extension HistogramSet {
    func withKernel<Result>(_ body: (UnsafePointer<outlier_histograms>) throws -> Result) rethrows -> Result {
        try edges.withUnsafeBufferPointer { edges in
            try starts.withUnsafeBufferPointer { starts in
                try bins.withUnsafeBufferPointer { bins in
                    try widths.withUnsafeBufferPointer { widths in
                        var kernel = outlier_histograms(
                            columns: count, edges: edges.baseAddress, edge_starts: starts.baseAddress,
                            bins: bins.baseAddress, widths: widths.baseAddress)
                        return try body(&kernel)
                    }
                }
            }
        }
    }
}
