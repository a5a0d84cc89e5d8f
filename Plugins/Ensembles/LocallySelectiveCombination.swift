import LinearAlgebra
public import OutlierCore
import OutlierNumerics

/// Several detectors, of which each row is judged by those that are competent in its neighbourhood.
///
/// The scores of the members are z-scored by their training distribution. A row's local region are the training rows that
/// are among its `localRegionSize` nearest in more than half of 20 random subsets of the columns (in fewer where less
/// than two rows would remain). In the region, each member's training scores are correlated (Pearson) with the pseudo ground
/// truth, the largest score of any member. The correlations are put in a histogram of at most `bins` bins; the
/// members in the fullest bin are taken for competent, and the score is the mean of their scores of the row. Where bins are
/// equally full, all of them count. Higher is more anomalous.
///
/// These are the rules of the authors' code in PyOD, but for two things: the subsets are drawn once, when the
/// detector is fitted, so that a row's score does not depend on its batch; and training rows are judged by the members'
/// own scores of training rows, while PyOD scores them as new ones. A region of more rows than there are takes all.
///
/// Fitting takes what the members take, and the search for neighbours in 20 subsets: O(20·n·log n) in few columns, O(20·n²·d)
/// in many. The model holds the training rows 20 times. The seed decides the subsets, and what members draw. Columns should
/// have like units.
///
/// Y. Zhao, Z. Nasrullah, M. K. Hryniewicki and Z. Li, “LSCP: Locally Selective Combination in Parallel Outlier
/// Ensembles”, SDM 2019.
///
/// - Throws: fitting, ``OutlierError/Code/invalidConfiguration`` where there are fewer than two members,
///   ``OutlierError/Code/notEnoughRows`` where there are fewer than two rows, and what members throw.
public struct LocallySelectiveCombination: Detector, LabelLearning, WeightLearning {
    public static let name = "lscp"
    public static let aliases = ["locally-selective-combination"]
    public static let summary = "Several detectors; each row is scored by those competent in its neighbourhood."
    public static let reference: String? =
        "Y. Zhao, Z. Nasrullah, M. K. Hryniewicki and Z. Li, LSCP: Locally Selective Combination in Parallel Outlier Ensembles, 2019"
    public static var parameters: [Parameter<LocallySelectiveCombination>] {
        [
            .detectors("members", \.members, minimumCount: 2, "The detectors, by name."),
            .integer(
                "local-region-size", \.localRegionSize, in: .between(2, 100_000),
                "Number of neighbours in each subset of the columns; 30 to 200 is recommended."),
            .number(
                "local-max-features", \.localMaxFeatures, in: .between(0.5, 1),
                "What part of the columns all subsets are smaller than."),
            .integer(
                "bins", \.bins, in: .between(1, 100_000), "Number of bins of correlations, at most one a member."),
        ]
    }

    public var members: [any Detector]
    /// The number of neighbours, at least 2.
    public var localRegionSize: Int
    /// What part of the columns all subsets are smaller than, 0.5 to 1.
    public var localMaxFeatures: Double
    /// The number of bins of correlations, at least 1.
    public var bins: Int

    /// A combination without members, which cannot be fitted.
    public init() { self.init(members: []) }

    public init(
        members: [any Detector], localRegionSize: Int = 30, localMaxFeatures: Double = 1, bins: Int = 10
    ) {
        self.members = members
        self.localRegionSize = localRegionSize
        self.localMaxFeatures = localMaxFeatures
        self.bins = bins
    }

    /// What the members do with labels.
    public var labelUse: LabelUse { members.map { $0.labelUse }.max() ?? .ignored }

    public var partsRequiringLabels: [any Component] { members.flatMap { $0.partsRequiringLabels } }

    /// What every member takes, but that distances need numbers.
    public var takes: RowTraits {
        RowTraits.common(to: members.map { $0.takes }).subtracting([.missing, .categories])
    }

    public func partRefusing(_ traits: RowTraits) -> any Component {
        guard traits == .weights else { return self }
        return members.first { !$0.takes.contains(.weights) }?.partRefusing(traits) ?? self
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedLocallySelectiveCombination {
        try fit(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedLocallySelectiveCombination, scores: [Double]) {
        let (model, scores) = try fit(on: data, context: context)
        let last = context.part(members.count, covering: 0.6...1)
        last.report(0, stage: "local regions")
        return (
            model,
            try model.combine(scores, of: data.matrix, execution: context.execution) {
                last.report($0, stage: "local regions")
            }
        )
    }

    private func fit(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedLocallySelectiveCombination, scores: [[Double]]) {
        guard members.count > 1 else {
            throw OutlierError(
                .invalidConfiguration, "at least 2 members are needed to select from, not \(members.count)",
                suggestion: "Give it some: {lscp: {members: [lof, knn, hbos]}}.")
        }
        guard data.rowCount > 1 else {
            throw OutlierError(
                .notEnoughRows, "at least 2 rows are needed for a local region, but there is 1",
                suggestion: "Fit it on more rows.")
        }
        let (fitted, scores) = try Member.fit(
            members.map { ($0, nil) }, on: data, normalization: .zScore,
            context: context.part(-1, covering: 0...0.6))
        // As in PyOD, subsets are smaller than the largest part of the columns allows.
        let subsets = FeatureSubsets.draw(
            LocalRegions.iterations, columnCount: data.columnCount,
            upTo: Shares.floor(localMaxFeatures, of: data.columnCount) - 1, context: context)
        let regions = try LocalRegions(
            rows: data.matrix, subsets: subsets, size: min(localRegionSize, data.rowCount),
            execution: context.execution)
        let model = FittedLocallySelectiveCombination(
            members: fitted, regions: regions,
            competence: Competence(trainingScores: scores, rowCount: data.rowCount, bins: bins))
        return (model, scores)
    }
}
