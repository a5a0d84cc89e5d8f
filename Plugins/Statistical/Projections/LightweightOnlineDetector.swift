import CKernels
public import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Loda: histograms of random sparse projections; a row is anomalous where its projections are rare.
///
/// Each of `cuts` projections takes ⌊√d⌋ columns, chosen at random, with standard normal weights. The score is the mean
/// over projections of −ln p, p being the part of the training rows in the row's bin of the projection's histogram (10⁻¹²
/// of a row is added to every bin, and is what a row outside the histogram finds); higher is more anomalous. PyOD divides
/// its sum by the square of `cuts`, which changes no ranking.
///
/// PyOD looks a row up one bin too high: its search leaves out the last two edges of a histogram and not the two
/// outermost. ``BinLookup/pyod`` does the same, for comparisons; by default a row finds its own bin.
///
/// With `bins` nil the number of bins is chosen for each projection by the rule of Birgé and Rozenholc, as the paper has
/// it (PyOD's rule counts the penalty once for each bin).
///
/// ``FittedLightweightOnlineDetector`` explains scores as the paper does: by the one-sided two-sample t statistic of −ln p
/// between the projections that use a column and those that do not.
///
/// A row of weight 2 counts as two equal rows. With `bins` nil weights that add up to less than there are rows are
/// multiplied so that they add up to that when the number of bins is chosen.
///
/// Fitting and scoring take O(n·cuts·√d); with `bins` nil fitting takes O(n·cuts·log n). Random: the seed decides. Columns
/// should have like units.
///
/// T. Pevný, “Loda: Lightweight On-line Detector of Anomalies”, Machine Learning 102, 2016.
///
/// - Throws: fitting, ``OutlierError/Code/numericalFailure`` where a projection's range is wider than a number can say.
public struct LightweightOnlineDetector: Detector, WeightLearning {
    /// Which bin of a histogram tells how rare a row is.
    public enum BinLookup: String, Sendable, CaseIterable {
        /// The one that the row lies in.
        case own
        /// The one that PyOD 3.6 takes, one higher, but for the lowest value and the last bin.
        case pyod
    }

    public static let name = "loda"
    public static let aliases = ["lightweight-online-detector"]
    public static let summary = "Scores rows by histograms of random sparse projections."
    public static let reference: String? = "T. Pevný, Loda: Lightweight On-line Detector of Anomalies, 2016"
    public static var parameters: [Parameter<LightweightOnlineDetector>] {
        [
            .integer(
                "bins", \.bins, in: .between(2, 1_000_000), null: "chosen for each projection",
                "Number of bins of each histogram."),
            .integer("cuts", \.cuts, in: .between(1, 100_000), "Number of random projections."),
            .choice("bin-lookup", \.binLookup, "Whether a row finds its own bin, or the one that PyOD takes."),
        ]
    }

    /// The number of bins, at least 2; `nil` for a choice of its own for each projection.
    public var bins: Int?
    /// The number of random projections, at least 1.
    public var cuts: Int
    public var binLookup: BinLookup

    public init() { self.init(bins: 10) }

    public init(bins: Int?, cuts: Int = 100, binLookup: BinLookup = .own) {
        self.bins = bins
        self.cuts = cuts
        self.binLookup = binLookup
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedLightweightOnlineDetector {
        let data = data.rowsThatCount
        let width = data.columnCount
        if let bins {
            // Edges, counts and values of every bin of every cut.
            try MachineMemory.require(
                elements: [cuts, bins + 2, 4], for: "\(bins) bins in each of \(cuts) cuts",
                instead: "Take fewer bins or cuts.", component: Self.name)
        }
        let cuts = RandomCuts(count: cuts, columnCount: data.columnCount, context: context)
        let histograms = try HistogramSet(try edges(of: cuts, data: data, context: context))
        context.report(0.5, stage: "counting")
        let counts = try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            return try ParallelCounts.count(
                entries: histograms.entryCount(extra: 1), rowCount: data.rowCount, weights: data.weights,
                blockSize: RandomCuts.blockSize, execution: context.execution
            ) { rows, counts in
                cuts.withKernel(histograms) { kernel, scratch in
                    if let base = table.buffer.baseAddress {
                        outlier_cuts_count(kernel, base + rows.lowerBound * width, rows.count, scratch, counts)
                    }
                }
            } weigh: { rows, weights, sums in
                cuts.withKernel(histograms) { kernel, scratch in
                    if let base = table.buffer.baseAddress {
                        outlier_cuts_weigh(
                            kernel, base + rows.lowerBound * width, rows.count, weights, scratch, sums)
                    }
                }
            }
        }
        var values = [Double](repeating: 0, count: counts.count)
        let weight = data.weights?.reduce(0, +) ?? Double(data.rowCount)
        for cut in 0..<histograms.count {
            let start = histograms.entryStart(of: cut, extra: 1)
            let bins = Int(histograms.bins[cut])
            // What PyOD adds to each bin, and what stands for the emptiness outside.
            let least = 1e-12
            let total = weight + Double(bins) * least
            values[start] = -log(least / total)
            for bin in start + 1...start + bins { values[bin] = -log((counts[bin] + least) / total) }
            values[start + bins + 1] = values[start]
        }
        return FittedLightweightOnlineDetector(
            cuts: cuts, histograms: histograms, values: values, binLookup: binLookup)
    }

    private func edges(of cuts: RandomCuts, data: Dataset, context: FitContext) throws -> [BinEdges] {
        @Sendable func place(_ cut: Int) -> String { "the random projection \(cut + 1)" }
        let rowCount = data.rowCount
        return try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            if let bins {
                let ranges = try ParallelRanges.find(
                    count: cuts.count, rowCount: rowCount, blockSize: RandomCuts.blockSize,
                    execution: context.execution
                ) { rows, lowest, highest in
                    cuts.withKernel(nil) { kernel, scratch in
                        if let base = table.buffer.baseAddress {
                            outlier_cuts_ranges(
                                kernel, base + rows.lowerBound * data.columnCount, rows.count, scratch, lowest,
                                highest)
                        }
                    }
                }
                return try (0..<cuts.count).map { cut in
                    try BinEdges.equalWidth(
                        lowest: ranges.lowest[cut], highest: ranges.highest[cut], bins: bins, of: place(cut))
                }
            }
            try SortedColumn.checkRowCount(rowCount)
            var result = [BinEdges](repeating: BinEdges(edges: [0, 1]), count: cuts.count)
            try result.withUnsafeMutableBufferPointer { result in
                let result = SharedBuffer(result)
                try context.execution.forEach(cuts.count) { cut in
                    let projected = [Double](unsafeUninitializedCapacity: rowCount) { buffer, initialized in
                        cuts.withKernel(nil) { kernel, _ in
                            if let base = table.buffer.baseAddress, let target = buffer.baseAddress {
                                outlier_cut_project(kernel, cut, base, rowCount, target)
                                initialized = rowCount
                            }
                        }
                    }
                    guard projected.allSatisfy(\.isFinite) else {
                        throw OutlierError(
                            .numericalFailure, "\(place(cut)) has values that are too large for a number",
                            suggestion: "Put the preprocessor “robust-scaler” before the detector.")
                    }
                    let column = WeightedColumn(projected, weights: data.weights)
                    let bins = try AutomaticBinCount.choose(column, penalty: .once, of: place(cut))
                    result.buffer[cut] = try BinEdges.equalWidth(
                        lowest: column.sorted[0], highest: column.sorted[column.count - 1], bins: bins,
                        of: place(cut))
                }
            }
            return result
        }
    }
}
