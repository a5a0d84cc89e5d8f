internal import Distances
public import OutlierCore

/// How little the angles vary under which a row sees pairs of other rows: from outside, all lie in one direction.
///
/// For a row x and two others, f(a, b) = ⟨a - x, b - x⟩ / (|a - x|² |b - x|²). The score is the variance of f over all
/// pairs of the k nearest rows (`fast`) or of all rows of the fit (`exact`), negated: at most 0, the higher, the more
/// anomalous.
///
/// Two rules differ between the paper and PyOD, and PyOD's are the defaults, so that both give the same ranks:
/// - PyOD's variance has no weights. With `weighting: distance` each pair has the weight 1 / (|a - x| |b - x|), as the
///   paper's ABOF has it.
/// - Where PyOD scores the rows of the fit, each is the first of its own `neighbors`, which leaves one fewer to make
///   angles with; new rows have them all. With `counts-itself: false` both have as many.
///
/// Rows equal to x make no angle and are left out. A row with fewer than two others left, as one among copies of
/// itself, is in the densest of places: it gets the least score of the fit's rows, or 0 where none has a score.
///
/// For n rows of d columns, beyond the search of neighbours (see ``KNearestNeighbors``): `fast` takes O(n k² d) steps,
/// `exact` O(n³ d). With fewer than k + 1 rows, all others are neighbours. Memory O(n (d + k)).
///
/// H.-P. Kriegel, M. Schubert, A. Zimek: Angle-based outlier detection in high-dimensional data (2008).
///
/// Not promised: anything sensible in one column, where there are but two directions, or with fewer than 4 neighbours.
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there are fewer than 3 rows, `numericalFailure` where
///   values are so large or so small that their fourth powers leave the range of `Double`.
public struct AngleBasedOutlierDetection: Detector {
    /// Which rows make the angles.
    public enum Method: String, CaseIterable, Sendable {
        /// The nearest rows.
        case fast
        /// All rows of the fit.
        case exact
    }

    /// How much each pair counts.
    public enum Weighting: String, CaseIterable, Sendable {
        /// As much as any other: PyOD's rule.
        case none
        /// The less, the farther away it is: the paper's rule.
        case distance
    }

    public static let name = "abod"
    public static let aliases = ["angle-based-outlier-detection"]
    public static let summary = "How little the angles vary under which a row sees pairs of other rows."
    public static let reference: String? =
        "Kriegel, Schubert, Zimek: Angle-based outlier detection in high-dimensional data, 2008"

    /// How many neighbours make angles, where `method` is `fast`.
    public var neighbors: Int
    public var method: Method
    public var weighting: Weighting
    /// Whether a row of the fit is the first of its own neighbours.
    public var countsItself: Bool

    public init(
        neighbors: Int = 5, method: Method = .fast, weighting: Weighting = .none, countsItself: Bool = true
    ) {
        self.neighbors = neighbors
        self.method = method
        self.weighting = weighting
        self.countsItself = countsItself
    }

    public init() { self.init(neighbors: 5) }

    public static var parameters: [Parameter<AngleBasedOutlierDetection>] {
        [
            .integer("neighbors", \.neighbors, in: .atLeast(3), "How many neighbours make angles."),
            .choice("method", \.method, "Angles with the nearest rows, or with all, which takes cubic time."),
            .choice("weighting", \.weighting, "Whether near pairs count more, as in the paper, or all the same."),
            .boolean("counts-itself", \.countsItself, "Whether a row of the fit is one of its own neighbours."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedAngleBasedOutlierDetection {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedAngleBasedOutlierDetection, scores: [Double]) {
        let rowCount = data.rowCount
        guard rowCount >= 3 else {
            throw OutlierError(
                .notEnoughRows, "at least 3 rows are needed, for an angle has two sides",
                suggestion: "Fit it on more rows.")
        }
        try context.checkCancellation()
        let largest = data.matrix.withUnsafeBufferPointer { $0.reduce(0) { max($0, abs($1)) } }
        guard largest == 0 || (largest > 1e-70 && largest < 1e70) else {
            throw OutlierError(
                .numericalFailure, "the values reach \(largest), too \(largest > 1 ? "large" : "small") for angles",
                suggestion: "Put the preprocessor “standard-scaler” before the detector.")
        }
        let rows = try ReferenceRows(data.matrix, execution: context.execution)
        let count = min(neighbors, rowCount - 1)
        var model = FittedAngleBasedOutlierDetection(
            rows: rows, neighbors: count, method: method, weighting: weighting, densest: 0)
        var scores: [Double]
        switch method {
        case .fast:
            let others = countsItself ? max(2, count - 1) : count
            let table = try rows.neighborsOfPoints(others, context: context)
            scores = try model.negatedVariances(of: data.matrix, table, execution: context.execution)
        case .exact:
            scores = try model.negatedVariances(of: data.matrix, nil, execution: context.execution)
        }
        let finite = scores.filter { $0.isFinite }
        model.densest = finite.min() ?? 0
        scores = scores.map { $0.isFinite ? $0 : model.densest }
        return (model, scores)
    }
}

/// What ``AngleBasedOutlierDetection`` learns: the rows of the fit, arranged for search.
public struct FittedAngleBasedOutlierDetection: FittedDetector {
    let rows: ReferenceRows
    let neighbors: Int
    let method: AngleBasedOutlierDetection.Method
    let weighting: AngleBasedOutlierDetection.Weighting
    /// The score of a row that makes no angle.
    var densest: Double

    public var featureCount: Int { rows.columnCount }

    init(
        rows: ReferenceRows, neighbors: Int, method: AngleBasedOutlierDetection.Method,
        weighting: AngleBasedOutlierDetection.Weighting, densest: Double
    ) {
        self.rows = rows
        self.neighbors = neighbors
        self.method = method
        self.weighting = weighting
        self.densest = densest
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let table =
            method == .fast
            ? try rows.search.neighbors(of: data.matrix, count: neighbors, execution: execution) : nil
        return try negatedVariances(of: data.matrix, table, execution: execution).map {
            $0.isFinite ? $0 : densest
        }
    }

    /// - Parameter table: the neighbours of the rows of `matrix`, `nil` for all rows of the fit.
    /// - Returns: for each row the score, or minus infinity where too few rows make an angle.
    func negatedVariances(of matrix: Matrix, _ table: NeighborTable?, execution: Execution) throws -> [Double] {
        let width = matrix.columnCount
        let others = table?.neighborCount ?? rows.rowCount
        let everyone = table == nil ? Array(0..<Int32(rows.rowCount)) : []
        return try rows.points.withUnsafeBufferPointer { points in
            try matrix.withUnsafeBufferPointer { values in
                let points = SharedReadBuffer(points)
                let values = SharedReadBuffer(values)
                return try execution.map(matrix.rowCount, blockSize: table == nil ? 8 : 512) { range, result in
                    var sides = [Double](repeating: 0, count: others * width)
                    var weights = [Double](repeating: 1, count: others)
                    for row in range {
                        if table == nil { try execution.checkCancellation() }
                        let indices = table.map { $0.indices[$0.range(of: row)] } ?? everyone[...]
                        let count = fillSides(
                            &sides, &weights, row: row, indices: indices, values: values.buffer,
                            points: points.buffer)
                        result[row - range.lowerBound] = negatedVariance(sides, weights, count: count)
                    }
                }
            }
        }
    }

    /// Writes (a - x) / |a - x|² for each a that is not equal to x, and how much its pairs count.
    ///
    /// - Returns: how many there are.
    private func fillSides(
        _ sides: inout [Double], _ weights: inout [Double], row: Int, indices: ArraySlice<Int32>,
        values: UnsafeBufferPointer<Double>, points: UnsafeBufferPointer<Double>
    ) -> Int {
        let width = rows.columnCount
        var count = 0
        for index in indices {
            var square = 0.0
            for column in 0..<width {
                let difference = points[Int(index) * width + column] - values[row * width + column]
                sides[count * width + column] = difference
                square += difference * difference
            }
            if square == 0 { continue }
            for column in 0..<width { sides[count * width + column] /= square }
            if weighting == .distance { weights[count] = 1 / square.squareRoot() }
            count += 1
        }
        return count
    }

    /// The negated variance of the products of all pairs of sides, updated pair by pair (West, 1979).
    private func negatedVariance(_ sides: [Double], _ weights: [Double], count: Int) -> Double {
        guard count >= 2 else { return -.infinity }
        let width = rows.columnCount
        return sides.withUnsafeBufferPointer { sides in
            var total = 0.0
            var mean = 0.0
            var squares = 0.0
            for first in 0..<count - 1 {
                for second in first + 1..<count {
                    var product = 0.0
                    for column in 0..<width {
                        product += sides[first * width + column] * sides[second * width + column]
                    }
                    let weight = weights[first] * weights[second]
                    if weight == 0 { continue }
                    total += weight
                    let deviation = product - mean
                    mean += deviation * weight / total
                    squares += weight * deviation * (product - mean)
                }
            }
            // So far away that no pair counts, a row sees no angle at all.
            if total == 0 { return 0 }
            let variance = squares / total
            return variance.isFinite ? -variance : -.infinity
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        rows.encode(to: &archive)
        archive.store(neighbors, as: "neighbors")
        archive.store(method.rawValue, as: "method")
        archive.store(weighting.rawValue, as: "weighting")
        archive.store([densest], as: "densest")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try ReferenceRows(from: archive)
        guard let method = AngleBasedOutlierDetection.Method(rawValue: try archive.string("method")),
            let weighting = AngleBasedOutlierDetection.Weighting(rawValue: try archive.string("weighting"))
        else {
            throw OutlierError(.invalidModel, "the model has an unknown method or weighting")
        }
        let densest = try archive.doubles("densest", count: 1)[0]
        guard densest.isFinite else { throw OutlierError(.invalidModel, "the model's least score is not finite") }
        self.init(
            rows: rows, neighbors: try archive.integer("neighbors", in: 1...rows.rowCount), method: method,
            weighting: weighting, densest: densest)
    }
}
