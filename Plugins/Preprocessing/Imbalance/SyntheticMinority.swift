import Distances
public import OutlierCore

/// Makes up anomalies between known ones (SMOTE): points on the line from an anomaly to one of its nearest fellows.
///
/// For the fit only. Needs labels and at least two known anomalies. Numbers and dates are interpolated; a boolean or a
/// category is the one that most of the nearest fellows have (SMOTE-NC). Where it differs, two rows are further apart by the
/// median standard deviation of the numbers. Columns should be scaled before, so that “nearest” means something.
///
///     preprocess: [standard-scaler, {smote: {ratio: 0.1}}]
///
/// N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, “SMOTE: Synthetic Minority Over-sampling Technique”,
/// JAIR 16, 2002.
public struct SyntheticMinority: TrainingRowsPreprocessor, LabelLearning {
    public static let name = "smote"
    public static let summary = "Fits on all rows, and on anomalies made up between known ones."
    public static let reference: String? =
        "N. V. Chawla, K. W. Bowyer, L. O. Hall and W. P. Kegelmeyer, SMOTE, 2002"
    public static var parameters: [Parameter<SyntheticMinority>] {
        [
            .number(
                "ratio", \.ratio, in: .above(0, upTo: 1), "Anomalies for each other row that there are afterwards."),
            .integer("neighbors", \.neighbors, in: .between(1, 1000), "Among how many fellows one is chosen."),
        ]
    }

    public var ratio: Double
    public var neighbors: Int

    public init() { self.init(ratio: 1) }

    public init(ratio: Double, neighbors: Int = 5) {
        self.ratio = ratio
        self.neighbors = neighbors
    }

    public var labelUse: LabelUse { .required }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let rows = try LabelledRows(data)
        try data.requireComplete(rows.anomalies, for: Self.name)
        return try Interpolation.joined(
            data, rows.anomalies, from: Array(rows.anomalies.indices), count: rows.lacking(for: ratio),
            neighbors: neighbors, context: context)
    }
}

/// Makes up anomalies near the border (Borderline-SMOTE 1): only from known anomalies most, but not all, of whose nearest
/// rows are other ones.
///
/// For the fit only. Needs labels, two known anomalies, and one at the border. Otherwise as `smote`.
///
///     preprocess: [standard-scaler, {borderline-smote: {ratio: 0.1}}]
///
/// H. Han, W.-Y. Wang and B.-H. Mao, “Borderline-SMOTE: A New Over-Sampling Method in Imbalanced Data Sets Learning”,
/// ICIC 2005.
public struct BorderlineSyntheticMinority: TrainingRowsPreprocessor, LabelLearning {
    public static let name = "borderline-smote"
    public static let summary = "Fits on all rows, and on anomalies made up from known ones near the border."
    public static let reference: String? = "H. Han, W.-Y. Wang and B.-H. Mao, Borderline-SMOTE, 2005"
    public static var parameters: [Parameter<BorderlineSyntheticMinority>] {
        [
            .number(
                "ratio", \.ratio, in: .above(0, upTo: 1), "Anomalies for each other row that there are afterwards."),
            .integer("neighbors", \.neighbors, in: .between(1, 1000), "Among how many fellows one is chosen."),
            .integer(
                "border-neighbors", \.borderNeighbors, in: .between(1, 1000),
                "How many rows around an anomaly say whether it lies at the border."),
        ]
    }

    public var ratio: Double
    public var neighbors: Int
    public var borderNeighbors: Int

    public init() { self.init(ratio: 1) }

    public init(ratio: Double, neighbors: Int = 5, borderNeighbors: Int = 10) {
        self.ratio = ratio
        self.neighbors = neighbors
        self.borderNeighbors = borderNeighbors
    }

    public var labelUse: LabelUse { .required }

    public func changeTrainingRows(
        of data: Dataset, fitted: UnchangedRows, context: FitContext
    ) throws -> TrainingRows {
        let rows = try LabelledRows(data)
        try data.requireComplete(Array(0..<data.rowCount), for: Self.name)
        let border = try border(data, rows, context)
        guard !border.isEmpty else {
            throw OutlierError(
                .notEnoughRows,
                "no known anomaly lies at the border: most, but not all, of its nearest rows must be others",
                suggestion: "Use “smote”, which takes every known anomaly, or change “border-neighbors”.")
        }
        return try Interpolation.joined(
            data, rows.anomalies, from: border, count: rows.lacking(for: ratio), neighbors: neighbors,
            context: context)
    }

    /// The known anomalies at the border, by their places among the known anomalies.
    private func border(_ data: Dataset, _ rows: LabelledRows, _ context: FitContext) throws -> [Int] {
        let count = min(borderNeighbors, data.rowCount - 1)
        let points = try MixedDistance.points(of: data, rows: Array(0..<data.rowCount), members: rows.anomalies)
        let table = try NeighborSearch(points, execution: context.execution).neighborsOfPoints(
            count, execution: context.execution)
        let anomalies = Set(rows.anomalies.map(Int32.init))
        return rows.anomalies.indices.filter { place in
            let others = table.range(of: rows.anomalies[place]).count { !anomalies.contains(table.indices[$0]) }
            return 2 * others >= count && others < count
        }
    }
}

/// Points between rows and their fellows.
enum Interpolation {
    /// - Parameters:
    ///   - members: the rows among which fellows are found.
    ///   - starts: the places among `members` of the rows to begin at, which take turns.
    static func joined(
        _ data: Dataset, _ members: [Int], from starts: [Int], count: Int, neighbors: Int, context: FitContext
    ) throws -> TrainingRows {
        guard members.count > 1 else {
            throw OutlierError(
                .notEnoughRows, "at least 2 known anomalies are needed to make up one between them",
                suggestion: "Use “random-over”, which repeats what there is.")
        }
        var made = MadeRows(beside: data)
        if count == 0 { return try made.joined() }
        let points = try MixedDistance.points(of: data, rows: members, members: members)
        let table = try NeighborSearch(points, execution: context.execution)
            .neighborsOfPoints(min(neighbors, members.count - 1), execution: context.execution)
        var random = context.random()
        let interpolates = data.columns.map(MixedDistance.isNumeric)
        /// The value that most of the nearest fellows have; of several such the nearest one's.
        func usual(_ column: Int, among range: Range<Int>) -> Double {
            let values = range.map { data.matrix[members[Int(table.indices[$0])], column] }
            let counts = values.map { value in values.count { $0 == value } }
            return zip(values, counts).first { $0.1 == counts.max() }?.0 ?? values[0]
        }
        let order = random.sample(starts.count, below: starts.count)
        for number in 0..<count {
            let place = starts[order[number % order.count]]
            let range = table.range(of: place)
            let fellow = members[Int(table.indices[range.lowerBound + random.index(below: range.count)])]
            let part = random.uniform()
            let row = members[place]
            let values = (0..<data.columnCount).map { column in
                let (first, second) = (data.matrix[row, column], data.matrix[fellow, column])
                if interpolates[column] { return first + part * (second - first) }
                return usual(column, among: range)
            }
            made.append(values, like: row)
        }
        return try made.joined()
    }
}
