public import OutlierCore
internal import OutlierNumerics

/// A detector of rows over the windows of a series: a window of `length` consecutive points is a row, with the values of all
/// its points and channels, and its score comes back to the points.
///
///     let model = try Windows(PrincipalComponents(), length: 48).fit(series)
///
/// In a configuration: `{windows: {length: auto, detector: {knn: {neighbors: 5}}}}`. The shortcuts `sub-pca`, `sub-knn`,
/// `sub-lof`, `sub-hbos`, `sub-ocsvm`, `sub-mcd`, `sub-isolation-forest` and `kmeans-windows` are such detectors.
///
/// Where the length is `auto`, it is the period of the training series: the highest peak of the autocorrelation, of the
/// longest series and the column in which that is the highest; 125 where there is none, and never more than half of the
/// longest series. A window never reaches from one series into another. A series that is shorter than a window gets the
/// median score of the training windows, and a fit needs at least one series that is not. Scores are at the detector's
/// scale; higher is more anomalous. With ``WindowPlacement/last`` no score looks ahead.
///
/// A window is an anomaly, for detectors that learn from labels, if one of its points is known to be one.
///
/// Cost: that of the detector for as many rows as there are points and `length` × d columns. The windows are views of the
/// series as far as the detector can use them so, unless they are normalized.
///
/// - Throws: fitting, ``OutlierError/Code/notEnoughRows`` where no series is as long as a window,
///   ``OutlierError/Code/invalidConfiguration`` where there is no detector, and what the detector throws.
public struct Windows: Detector, LabelLearning, OrderReading {
    public static let name = "windows"
    public static let aliases = ["sliding-windows"]
    public static let summary = "A detector of rows over the windows of a series; the scores come back to the points."
    public static let reference: String? =
        "P. Boniol, J. Paparrizos, T. Palpanas et al.: TSB-UAD: An End-to-End Benchmark Suite for Univariate Time-Series "
        + "Anomaly Detection, 2022"
    public static var parameters: [Parameter<Windows>] {
        [
            .detector("detector", \.detector, "What scores the windows."),
            .integer(
                "length", \.length, in: .atLeast(1), word: "auto",
                "Points in a window; auto for the period that is found in the training series."),
            .integer(
                "period-rank", \.periodRank, in: .between(1, 10),
                "Which peak of the autocorrelation is the period: 1 for the highest, 2 for the highest one behind it."),
            .choice("points", \.points, "Which points the windows' scores go to: last, centre, mean or maximum."),
            .boolean(
                "normalize", \.normalizes, "Whether each window and channel is brought to the mean 0 and deviation 1."),
            .integer("step", \.step, in: .atLeast(1), "Points between the windows that are learnt from."),
        ]
    }

    /// What scores the windows. Without one, nothing can be fitted.
    public var detector: (any Detector)?
    /// Points in a window; `nil` for the period of the training series.
    public var length: Int?
    /// Which peak of the autocorrelation is the period, from 1.
    public var periodRank: Int
    public var points: WindowPlacement
    /// Whether each window and channel is brought to the mean 0 and the deviation 1 on its own.
    public var normalizes: Bool
    /// Points between the beginnings of the windows that are learnt from, at least 1. Every window is scored.
    public var step: Int

    /// Windows without a detector, which cannot be fitted.
    public init() {
        length = nil
        periodRank = 1
        points = .centre
        normalizes = false
        step = 1
    }

    public init(
        _ detector: any Detector, length: Int? = nil, periodRank: Int = 1, points: WindowPlacement = .centre,
        normalizes: Bool = false, step: Int = 1
    ) {
        self.detector = detector
        self.length = length
        self.periodRank = periodRank
        self.points = points
        self.normalizes = normalizes
        self.step = step
    }

    /// What the detector of the windows does with labels.
    public var labelUse: LabelUse { detector?.labelUse ?? .ignored }

    public var partsRequiringLabels: [any Component] { detector?.partsRequiringLabels ?? [] }

    /// What the detector of the windows takes, but for weights, and the order of the rows.
    public var takes: RowTraits { (detector?.takes ?? []).subtracting(.weights).union(.order) }

    public func partRefusing(_ traits: RowTraits) -> any Component {
        guard let detector, !detector.takes.isSuperset(of: traits) else { return self }
        return detector.partRefusing(traits)
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedWindows {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedWindows, scores: [Double]) {
        guard let detector else {
            throw OutlierError(
                .invalidConfiguration, "there is no detector to score the windows",
                suggestion: "Give one: {windows: {detector: knn}}.")
        }
        let ranges = data.seriesRanges
        let longest = ranges.map(\.count).max() ?? 0
        let table = WindowTable(
            length: WindowLength.resolve(length, rank: periodRank, data: data), normalizes: normalizes,
            columns: data.columns)
        let counts = ranges.map { table.count(of: $0.count, step: step) }
        guard counts.contains(where: { $0 > 0 }) else {
            throw OutlierError(
                .notEnoughRows, "a window has \(table.length) points, but the longest series has \(longest)",
                suggestion: "Set a shorter “length”.")
        }
        let rows = try trainingRows(data, table: table, ranges: ranges, counts: counts)
        let fit = try detector.fitAndScore(rows, context: context)
        let scores = fit.scores.values
        let neutral = Quantiles.median(of: scores)
        let model = FittedWindows(
            table: table, points: points, neutral: neutral, name: detector.recipe.name, model: fit.model)
        guard step == 1 else {
            return (model, try model.computeScores(of: data, execution: context.execution))
        }
        var pointScores: [Double] = []
        pointScores.reserveCapacity(data.rowCount)
        var first = 0
        for (range, count) in zip(ranges, counts) {
            pointScores += points.points(
                Array(scores[first..<first + count]), length: table.length, count: range.count, neutral: neutral)
            first += count
        }
        return (model, pointScores)
    }

    /// The windows of all series: a view of the points where that is possible.
    private func trainingRows(
        _ data: Dataset, table: WindowTable, ranges: [Range<Int>], counts: [Int]
    ) throws -> Dataset {
        let total = counts.reduce(0, +)
        let width = table.length * data.columnCount
        let matrix: Matrix
        if ranges.count == 1, !normalizes {
            matrix = table.windows(of: data.matrix, 0..<total, step: step)
        } else {
            try requireMemory(windows: total, width: width)
            var values: [Double] = []
            values.reserveCapacity(total * width)
            for (range, count) in zip(ranges, counts) where count > 0 {
                let windows = table.windows(of: data.matrix.rows(range), 0..<count, step: step)
                windows.withUnsafeBufferPointer { values.append(contentsOf: $0) }
            }
            matrix = try Matrix(rowCount: total, columnCount: width, values: values)
        }
        var labels: [Label]?
        if let points = data.labels {
            labels = zip(ranges, counts).flatMap { range, count in
                (0..<count).map { window in
                    let first = range.lowerBound + window * step
                    let known = points[first..<first + table.length]
                    if known.contains(.anomaly) { return Label.anomaly }
                    return known.contains(.unlabeled) ? .unlabeled : .normal
                }
            }
        }
        return try Dataset(matrix, columns: table.windowColumns, labels: labels)
    }

    private func requireMemory(windows: Int, width: Int) throws {
        let bytes = Double(windows) * Double(width) * 8
        guard bytes * 2 < MachineMemory.limit else {
            throw OutlierError(
                .invalidParameter,
                "\(windows) windows of \(width) values need \(Int(min(bytes / 1e9, 1e9))) GB of memory",
                suggestion: "Learn from fewer windows: raise the parameter “step”.")
        }
    }
}
