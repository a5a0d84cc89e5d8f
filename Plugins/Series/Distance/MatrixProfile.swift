public import OutlierCore
internal import OutlierNumerics

/// The matrix profile: for each window of a series, the distance of its shape to that of the nearest other window.
///
/// The distance is Euclidean between windows that are each brought to the mean 0 and the deviation 1, √(2 m (1 − r)) for m
/// points and the correlation r: 0...2√m. Two constant windows are at distance 0, and a constant one is at √m from any other.
/// Windows that are at most ⌈m/4⌉ points apart are not each other's neighbours. All pairs are compared: no approximation.
/// A point gets the score of the window whose middle it is, or, if only the past counts, whose end it is. Of several
/// channels, the mean of their profiles.
///
/// A training window's neighbours are the other training windows, of all series; a new window's are the training windows.
/// With ``MatrixProfileNeighbors/past`` a training window's are the earlier ones of its series alone, and a new window's the
/// training windows and the earlier ones of its series, so that no score looks ahead. Windows without any neighbour, and
/// points of series that are shorter than a window, get the median of the training scores.
///
/// Fitting and scoring: O(n²) for n points, whatever the window, some 10⁹ pairs a second on one core, and O(n) memory.
///
/// C.-C. M. Yeh et al., “Matrix Profile I: All Pairs Similarity Joins for Time Series”, 2016; the way through the pairs is
/// that of Z. Zimmerman et al., “Matrix Profile XIV: Scaling Time Series Motif Discovery with GPUs”, 2019.
///
/// - Throws: fitting, ``OutlierError/Code/notEnoughRows`` where no series has two windows that can be neighbours,
///   ``OutlierError/Code/invalidParameter`` where the window is longer than the longest series.
public struct MatrixProfile: Detector, OrderReading {
    public static let name = "matrix-profile"
    public static let aliases = ["discord"]
    public static let summary = "Distance of each window's shape to the nearest other window of the series."
    public static let reference: String? =
        "C.-C. M. Yeh, Y. Zhu, L. Ulanova et al.: Matrix Profile I: All Pairs Similarity Joins for Time Series, 2016"
    public static let parameters: [Parameter<MatrixProfile>] = [
        .integer(
            "length", \.length, in: .atLeast(3), word: "auto",
            "Points in a window; auto for the period that is found in the training series."),
        .choice("neighbors", \.neighbors, "Which windows are compared: all, or those of the past."),
    ]

    /// Points in a window, at least 3; `nil` for the period of the training series.
    public var length: Int?
    public var neighbors: MatrixProfileNeighbors

    public init() { self.init(length: nil) }

    public init(length: Int? = nil, neighbors: MatrixProfileNeighbors = .all) {
        self.length = length
        self.neighbors = neighbors
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedMatrixProfile {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedMatrixProfile, scores: [Double]) {
        let length = WindowLength.resolve(length, data: data, least: 3)
        let channels = (0..<data.columnCount).map { column in
            data.seriesRanges.map { data.matrix.column(column, in: $0) }
        }
        let scales = try channels.map { try ProfileScale($0) }
        var correlations: [[[Double]]] = []
        for (channel, scale) in zip(channels, scales) {
            let windows = channel.map { $0.count < length ? nil : ProfileWindows(scale.apply($0), length: length) }
            correlations.append(
                try windows.indices.map { number in
                    guard let own = windows[number] else { return [] }
                    var best = try own.selfJoin(onlyPast: neighbors == .past, execution: context.execution)
                    if neighbors == .all {
                        for other in windows.indices where other != number {
                            if let other = windows[other] {
                                try own.join(other, into: &best, execution: context.execution)
                            }
                        }
                    }
                    return best
                })
            context.report(Double(correlations.count) / Double(channels.count), stage: "comparing windows")
        }
        let distances = ProfileDistances(correlations, length: length)
        let known = distances.bySeries.flatMap { $0 }.filter { !$0.isNaN }
        guard !known.isEmpty else {
            throw OutlierError(
                .notEnoughRows,
                "no series has two windows of \(length) points that are more than \((length + 3) / 4) points apart",
                suggestion: "Set a shorter “length”.")
        }
        let model = FittedMatrixProfile(
            length: length, neighbors: neighbors, scales: scales, channels: channels,
            neutral: Quantiles.median(of: known))
        let scores = zip(data.seriesRanges, distances.bySeries).flatMap { model.points($1, count: $0.count) }
        return (model, scores)
    }
}

/// Which windows a window is compared with.
public enum MatrixProfileNeighbors: String, CaseIterable, Sendable {
    /// All of the training series.
    case all
    /// Those that come before it, so that no score looks ahead.
    case past
}
