import Foundation
public import OutlierCore

/// Keeps the columns that tell most about the labels: those of the highest mutual information with them.
///
/// Needs labels: the rows that ``SupervisedRows`` chooses. The information of a column of numbers is estimated by nearest
/// neighbours (Ross 2014), as scikit-learn's `mutual_info_classif` does, but without noise against ties; that of booleans is
/// counted.
///
///     preprocess: [{mutual-information: {keep: 10}}]
///
/// B. C. Ross, “Mutual information between discrete and continuous data sets”, PLoS ONE 9, 2014. O(n log n) a column.
public struct MutualInformationSelection: Preprocessor, LabelLearning {
    public static let name = "mutual-information"
    public static let summary = "Keeps the columns that tell most about the labels."
    public static let reference: String? =
        "B. C. Ross, Mutual information between discrete and continuous data sets, 2014"
    public static var parameters: [Parameter<MutualInformationSelection>] {
        [
            .integer("keep", \.keep, in: .atLeast(1), "How many columns are kept."),
            .integer("neighbors", \.neighbors, in: .between(1, 1000), "How many neighbours the estimate looks at."),
        ]
    }

    public var keep: Int
    public var neighbors: Int

    public init() { self.init(keep: 10) }

    public init(keep: Int, neighbors: Int = 3) {
        self.keep = keep
        self.neighbors = neighbors
    }

    public var labelUse: LabelUse { .required }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        SelectedColumns(
            kept: ColumnRanking.best(keep, of: try information(in: data, execution: context.execution)),
            featureCount: data.columnCount, takes: takes)
    }

    /// The mutual information of each column with the labels, in nats, at least 0.
    ///
    /// - Throws: ``OutlierError/Code/missingLabels`` where there are not labels of two classes.
    public func information(in data: Dataset, execution: Execution = Execution()) throws -> [Double] {
        let known = try SupervisedRows(data)
        return try execution.map(data.columnCount, blockSize: 4) { columns, result in
            for (place, column) in columns.enumerated() {
                let all = data.matrix.column(column)
                let values = known.rows.map { all[$0] }
                result[place] =
                    data.columns[column].kind == .boolean
                    ? Self.counted(values, known.isAnomaly) : Self.estimated(values, known.isAnomaly, neighbors)
            }
        }
    }

    private static func counted(_ values: [Double], _ labels: [Bool]) -> Double {
        let count = Double(values.count)
        var joint: [[Double]] = [[0, 0], [0, 0]]
        for (value, label) in zip(values, labels) { joint[value != 0 ? 1 : 0][label ? 1 : 0] += 1 / count }
        var result = 0.0
        for row in 0..<2 {
            for column in 0..<2 where joint[row][column] > 0 {
                let independent = (joint[row][0] + joint[row][1]) * (joint[0][column] + joint[1][column])
                result += joint[row][column] * log(joint[row][column] / independent)
            }
        }
        return max(0, result)
    }

    /// ψ(n) + ⟨ψ(k)⟩ − ⟨ψ(class)⟩ − ⟨ψ(m)⟩, where m counts the rows within the distance of a row's k-th neighbour of its
    /// own class.
    private static func estimated(_ values: [Double], _ labels: [Bool], _ neighbors: Int) -> Double {
        var total = 0.0
        var used = 0.0
        let classes = [false, true].map { label in
            zip(values, labels).filter { $0.1 == label }.map(\.0).sorted()
        }.filter { $0.count > 1 }
        // A class of one row has no neighbours and takes no part.
        let sorted = classes.flatMap { $0 }.sorted()
        for members in classes {
            let k = min(neighbors, members.count - 1)
            for place in members.indices {
                let radius = distance(to: k, from: place, in: members)
                // The neighbour itself lies on the edge, and is not within.
                let reach = radius > 0 ? radius.nextDown : 0
                let within = count(sorted, around: members[place], within: reach)
                total +=
                    SpecialFunctions.digamma(k) - SpecialFunctions.digamma(members.count)
                    - SpecialFunctions.digamma(max(1, within))
                used += 1
            }
        }
        return used > 0 ? max(0, SpecialFunctions.digamma(Int(used)) + total / used) : 0
    }

    /// The distance to the k-th nearest of sorted values.
    private static func distance(to k: Int, from place: Int, in sorted: [Double]) -> Double {
        var (lower, upper) = (place, place)
        var distance = 0.0
        for _ in 0..<k {
            let down = lower > 0 ? sorted[place] - sorted[lower - 1] : .infinity
            let up = upper + 1 < sorted.count ? sorted[upper + 1] - sorted[place] : .infinity
            if down <= up { lower -= 1 } else { upper += 1 }
            distance = min(down, up)
        }
        return distance
    }

    /// How many values are not farther from `center`; by their differences, whose rounding keeps the order.
    private static func count(_ sorted: [Double], around center: Double, within reach: Double) -> Int {
        let first = SortedSearch.partition(sorted.indices) { center - sorted[$0] > reach }
        return SortedSearch.partition(sorted.indices) { sorted[$0] - center <= reach } - first
    }
}
