import Foundation
public import OutlierCore

/// Keeps the columns by which a random forest tells known anomalies from the other rows.
///
/// Needs labels: the rows that ``SupervisedRows`` chooses. Each tree is grown on a bootstrap sample of either class, in
/// which both classes weigh the same; each cut looks at √d columns drawn at random. Columns that help only together with
/// others are found too, unlike by `mutual-information`. Missing values are taken as they are.
///
///     preprocess: [{forest-importance: {keep: 10, importance: permutation}}]
///
/// A column's importance is one of these:
///
/// - ``Importance/impurity`` (default): what its cuts lower the Gini impurity by, as a part of what all cuts of a tree do,
///   averaged over the trees: scikit-learn's `feature_importances_`. It is measured on the rows that the trees were grown
///   on, where a column of many different values finds a cut for every chance, so that it favours such columns.
/// - ``Importance/permutation``: by how much the forest's error rises when the column's values are shuffled among the rows:
///   scikit-learn's `permutation_importance`. A row is judged by the trees that were grown without it (out of bag), so
///   that what a tree learnt by heart does not count. Takes longer, and needs two rows of each class.
///
/// Not promised: of columns that say the same, each gets a part of the importance; by permutation perhaps none, as the
/// forest can do without either. O(trees · depth · d · rows of a sample); a tree of a very wide table sees a part of the
/// columns.
///
/// L. Breiman, “Random Forests”, Machine Learning 45, 2001; for rare classes: C. Chen, A. Liaw and L. Breiman, “Using Random
/// Forest to Learn Imbalanced Data”, 2004.
///
/// On the two importances: C. Strobl, A.-L. Boulesteix, A. Zeileis and T. Hothorn, “Bias in random forest variable importance
/// measures”, BMC Bioinformatics 8, 2007.
///
/// - Throws: fitting, ``OutlierError/Code/missingLabels`` where labels of two classes are not there.
public struct ForestImportanceSelection: Preprocessor, MissingTolerant, LabelLearning {
    /// How a column's importance is measured.
    public enum Importance: String, Sendable, CaseIterable {
        /// What its cuts lower the impurity by.
        case impurity
        /// By how much the error rises, on rows that a tree has not seen, when its values are shuffled.
        case permutation
    }

    public static let name = "forest-importance"
    public static let summary = "Keeps the columns by which a random forest tells known anomalies from other rows."
    public static let reference: String? = "L. Breiman, Random Forests, 2001"
    public static var parameters: [Parameter<ForestImportanceSelection>] {
        [
            .integer("keep", \.keep, in: .atLeast(1), "How many columns are kept."),
            .choice(
                "importance", \.importance,
                "By what cuts gain (impurity, which favours columns of many values), or by what shuffled values cost."),
            .integer("trees", \.trees, in: .between(1, 100_000), "How many trees are grown."),
            .integer("depth", \.depth, in: .between(1, 20), "How many cuts lie between the root and a leaf at most."),
            .integer("rows", \.rows, in: .atLeast(2), "How many rows of each class a tree is grown on at most."),
        ]
    }

    public var keep: Int
    public var importance: Importance
    public var trees: Int
    public var depth: Int
    public var rows: Int

    /// Into how many bins a column's values are put at most.
    private static let bins = 64

    public init() { self.init(keep: 10) }

    public init(
        keep: Int, importance: Importance = .impurity, trees: Int = 200, depth: Int = 12, rows: Int = 10_000
    ) {
        self.keep = keep
        self.importance = importance
        self.trees = trees
        self.depth = depth
        self.rows = rows
    }

    public var labelUse: LabelUse { .required }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        SelectedColumns(
            kept: ColumnRanking.best(keep, of: try importance(in: data, context: context)),
            featureCount: data.columnCount, takes: takes)
    }

    /// The importance of each column: by impurity at least 0, and 1 in sum, or 0 where no column helps; by permutation the
    /// rise of the mean squared error of the forest's votes, both classes weighing the same, which chance may put below 0.
    ///
    /// - Throws: ``OutlierError/Code/missingLabels`` where there are not labels of two classes,
    ///   ``OutlierError/Code/notEnoughRows`` where every tree has seen all rows of a class and permutation was asked for,
    ///   `CancellationError`.
    public func importance(in data: Dataset, context: FitContext = FitContext()) throws -> [Double] {
        let known = try SupervisedRows(data)
        let table = try BinnedColumns(data.matrix, limit: Self.bins, execution: context.execution)
        let classes = [false, true].map { kind in
            zip(known.rows, known.isAnomaly).filter { $0.1 == kind }.map(\.0)
        }
        let judged =
            importance == .permutation
            ? PermutationImportance.Rows(classes, atMost: rows, random: context.random(stream: -1)) : nil
        var grown = [Grown](repeating: Grown(), count: trees)
        try grown.withUnsafeMutableBufferPointer { grown in
            let grown = SharedBuffer(grown)
            try context.execution.forEach(trees) { tree in
                grown.buffer[tree] = try grow(
                    table, classes: classes, judged: judged, random: context.random(stream: tree),
                    execution: context.singleThreaded.execution)
            }
        }
        if let judged {
            return try PermutationImportance(table: table, rows: judged, trees: grown.compactMap(\.judge))
                .rises(context: context)
        }
        var result = [Double](repeating: 0, count: data.columnCount)
        for part in grown.map(\.gains) {
            let total = part.reduce(0) { $0 + $1.gain }
            // A tree without a cut says nothing.
            guard total > 0 else { continue }
            for (column, gain) in part { result[column] += gain / total }
        }
        let sum = result.reduce(0, +)
        return sum > 0 ? result.map { $0 / sum } : result
    }

    /// What is kept of one tree.
    private struct Grown: Sendable {
        /// What its cuts gain, for the columns that it cuts.
        var gains: [(column: Int, gain: Double)] = []
        var judge: PermutationImportance.Tree?
    }

    /// - Parameter judged: the rows by which permutations are judged, where they are.
    private func grow(
        _ table: BinnedColumns, classes: [[Int]], judged: PermutationImportance.Rows?, random: RandomSource,
        execution: Execution
    ) throws -> Grown {
        var random = random
        // A leaf's value is the share of anomalies in it, and a cut's gain what it lowers the impurity by, where the
        // gradient is −weight · label and the hessian the weight.
        var gradients = [Double](repeating: 0, count: 2 * table.rowCount)
        for (label, members) in classes.enumerated() {
            let size = min(rows, members.count)
            for _ in 0..<size {
                let row = members[random.index(below: members.count)]
                gradients[2 * row] -= Double(label) / Double(size)
                gradients[2 * row + 1] += 1 / Double(size)
            }
        }
        let sample = (0..<table.rowCount).filter { gradients[2 * $0 + 1] > 0 }.map { UInt32($0) }
        // Histograms of all columns of a very wide table would not fit into memory. Each column is seen by ten trees.
        let columns = table.columnCount
        let seen = min(columns, max(2_000, (10 * columns + trees - 1) / trees))
        let chosen =
            seen < columns ? random.sample(seen, below: columns).sorted() : Array(0..<columns)
        var grower = TreeGrower(
            table: table,
            rules: TreeRules(depth: depth, regularization: 0, minimumGain: 0, minimumWeight: 0, learningRate: 1),
            execution: execution)
        let perCut = max(1, Int(Double(columns).squareRoot()))
        let tree = try grower.grow(
            sample: sample, columns: chosen, gradients: gradients,
            draws: TreeGrower.ColumnDraws(count: perCut, random: random))
        return Grown(
            gains: grower.gains.enumerated().filter { $0.element > 0 }.map { (column: $0.offset, gain: $0.element) },
            judge: judged.map { judged in
                PermutationImportance.Tree(
                    tree: tree, isUnseen: judged.numbers.map { gradients[2 * $0 + 1] == 0 })
            })
    }
}
