import Foundation
public import OutlierCore
import OutlierNumerics

/// Gradient-boosted trees that learn from labels, few of them or many, and from rows of which nothing is known.
///
/// Each of `trees` trees is a step of Newton's method on the logistic loss: cuts are the best among at most `bins` bins of
/// each column, by first and second derivatives, with the penalties of XGBoost: leaves are shrunk by `regularization` (λ),
/// a cut must gain `minimum-gain` (γ) and leave `minimum-weight` on either side. The score is the logarithm of the odds;
/// higher is more anomalous. Missing values go to the side where they lower the loss more.
///
/// Where rows are known to be normal, the trees learn from these and the known anomalies. Where only anomalies are
/// known, the others are taken for normal, although some are not. So that these are not learnt by heart, `bags` models
/// are fitted, each on all known anomalies and on a random sample of the others, `bag-ratio` times as many, at most two
/// thirds of them (Mordelet and Vert). The score is the mean of the models; a row of the fit that is not a known anomaly
/// is scored by the models that have not seen it, where there are any. Without bags one model sees every row.
///
/// With `balance`, anomalies weigh as much as the other rows in sum. Weights of rows are taken as well.
///
/// Fitting takes O(d·n·log n) for the bins and O(bags·trees·depth·d·rows of a bag); scoring O(bags·trees·depth) a row. The seed decides
/// the samples. Not promised: probabilities, as the classes are balanced and the labels are few.
///
/// T. Chen and C. Guestrin, “XGBoost: A Scalable Tree Boosting System”, KDD 2016; F. Mordelet and J.-P. Vert, “A bagging
/// SVM to learn from positive and unlabeled examples”, Pattern Recognition Letters 37, 2014.
///
/// - Throws: fitting, ``OutlierError/Code/missingLabels`` where labels of two classes are not there.
public struct BoostedTrees: Detector, LabelLearning, WeightLearning {
    public static let name = "boosted-trees"
    public static let aliases = ["gradient-boosting"]
    public static let summary = "Gradient-boosted trees that learn from known anomalies, few of them or many."
    public static let reference: String? =
        "T. Chen, C. Guestrin: XGBoost: A Scalable Tree Boosting System, 2016"
    public static var parameters: [Parameter<BoostedTrees>] {
        [
            .integer("trees", \.trees, in: .between(1, 100_000), "Number of trees of each model.")
                .searched(.logarithmic(20...300)),
            .integer("depth", \.depth, in: .between(1, 20), "How many cuts lie between the root and a leaf at most.")
                .searched(.linear(1...6)),
            .number("learning-rate", \.learningRate, in: .above(0, upTo: 1), "By how much each tree counts.")
                .searched(.logarithmic(0.02...0.5)),
            .number("regularization", \.regularization, in: .atLeast(0), "What is added to each leaf's curvature: λ.")
                .searched(.logarithmic(0.1...10)),
            .number("minimum-gain", \.minimumGain, in: .atLeast(0), "What a cut must lower the loss by at least: γ."),
            .number(
                "minimum-weight", \.minimumWeight, in: .atLeast(0), "Least sum of curvatures on either side of a cut."),
            .integer("bins", \.bins, in: .between(2, 255), "Into how many bins a column's values are put at most."),
            .number("row-share", \.rowShare, in: .above(0, upTo: 1), "Share of the rows that each tree is grown on."),
            .number(
                "column-share", \.columnShare, in: .above(0, upTo: 1), "Share of the columns that each tree may cut."),
            .boolean("balance", \.balance, "Whether both classes weigh the same in sum."),
            .integer("bags", \.bags, in: .between(0, 10_000), "Number of models on samples; 0 for one on all rows."),
            .number("bag-ratio", \.bagRatio, in: .positive, "Rows in a sample for each known anomaly.")
                .searched(.logarithmic(3...100)),
        ]
    }

    public var trees = 50
    public var depth = 3
    public var learningRate = 0.1
    public var regularization = 1.0
    public var minimumGain = 0.0
    public var minimumWeight = 1.0
    public var bins = 255
    public var rowShare = 1.0
    public var columnShare = 1.0
    public var balance = true
    public var bags = 10
    public var bagRatio = 20.0

    public init() {}

    public var labelUse: LabelUse { .required }

    public func train(on data: Dataset, context: FitContext) throws -> FittedBoostedTrees {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedBoostedTrees, scores: [Double]) {
        let supervised = try SupervisedRows(data)
        let table = try BinnedColumns(data.matrix, limit: bins, execution: context.execution)
        let samples = samples(supervised, context: context)
        var models = [BoostedModel?](repeating: nil, count: samples.count)
        try models.withUnsafeMutableBufferPointer { models in
            let models = SharedBuffer(models)
            // Samples are fitted side by side; a single model is fitted on all threads.
            let inner = samples.count > 1 ? context.singleThreaded.execution : context.execution
            try context.execution.forEach(samples.count) { bag in
                models.buffer[bag] = try fit(
                    samples[bag], table: table, weights: data.weights,
                    context: context.part(bag), execution: inner)
            }
        }
        let model = FittedBoostedTrees(featureCount: data.columnCount, models: models.compactMap { $0 })
        return (model, try trainingScores(model, samples: samples, data: data, execution: context.execution))
    }

    /// The rows that one model learns from, and which of them are anomalies.
    private struct Sample: Sendable {
        var rows: [UInt32]
        var isAnomaly: [Bool]
    }

    private func samples(_ supervised: SupervisedRows, context: FitContext) -> [Sample] {
        let all = zip(supervised.rows, supervised.isAnomaly)
        let anomalies = all.filter(\.1).map(\.0)
        let others = all.filter { !$0.1 }.map(\.0)
        let size = min(Shares.ceiling(bagRatio, of: anomalies.count), others.count * 2 / 3)
        guard bags > 0, size > 0 else {
            return [Sample(rows: supervised.rows.map(UInt32.init), isAnomaly: supervised.isAnomaly)]
        }
        return (0..<bags).map { bag in
            var random = context.random(stream: bag)
            let drawn = random.sample(size, below: others.count).map { others[$0] }
            let rows = (anomalies.map { ($0, true) } + drawn.map { ($0, false) }).sorted { $0.0 < $1.0 }
            return Sample(rows: rows.map { UInt32($0.0) }, isAnomaly: rows.map(\.1))
        }
    }

    private func fit(
        _ sample: Sample, table: BinnedColumns, weights: [Double]?, context: FitContext, execution: Execution
    ) throws -> BoostedModel {
        let count = sample.rows.count
        var weights = sample.rows.map { weights?[Int($0)] ?? 1 }
        func sum(_ isAnomaly: Bool) -> Double {
            zip(weights, sample.isAnomaly).reduce(0) { $1.1 == isAnomaly ? $0 + $1.0 : $0 }
        }
        let (anomalous, normal) = (sum(true), sum(false))
        guard anomalous > 0, normal > 0 else {
            throw OutlierError(
                .missingLabels,
                "labels of two classes are needed, but all \(anomalous > 0 ? "other rows" : "known anomalies") have the "
                    + "weight 0",
                suggestion: anomalous > 0
                    ? "Give some of them a weight above 0."
                    : "“class-weights” gives known anomalies the weight 0 unless it is told otherwise: "
                        + "{class-weights: {anomaly: 1}}, or {class-weights: {balanced: true}}.")
        }
        if balance {
            let half = (anomalous + normal) / 2
            for row in 0..<count { weights[row] *= half / (sample.isAnomaly[row] ? anomalous : normal) }
        }
        var model = BoostedModel(start: balance ? 0 : log(anomalous / normal))
        var margins = [Double](repeating: model.start, count: count)
        // Of the table's rows, only those of the sample have a place in the arrays of the sample.
        var gradients = [Double](repeating: 0, count: 2 * table.rowCount)
        let rules = TreeRules(
            depth: depth, regularization: regularization, minimumGain: minimumGain, minimumWeight: minimumWeight,
            learningRate: learningRate)
        var grower = TreeGrower(table: table, rules: rules, execution: execution)
        for tree in 0..<trees {
            try context.checkCancellation()
            for row in 0..<count {
                let odds = 1 / (1 + exp(-margins[row]))
                let place = 2 * Int(sample.rows[row])
                gradients[place] = weights[row] * (odds - (sample.isAnomaly[row] ? 1 : 0))
                gradients[place + 1] = weights[row] * max(odds * (1 - odds), 1e-16)
            }
            var random = context.random(stream: tree)
            let grown = try grower.grow(
                sample: share(rowShare, of: sample.rows, &random),
                columns: share(columnShare, of: Array(0..<table.columnCount), &random), gradients: gradients)
            for row in 0..<count { margins[row] += grown.value(of: Int(sample.rows[row]), in: table) }
            model.trees.append(grown)
            context.report(Double(tree + 1) / Double(trees), stage: "trees")
        }
        return model
    }

    private func share<Element>(_ share: Double, of all: [Element], _ random: inout RandomSource) -> [Element] {
        if share == 1 { return all }
        let size = max(1, Int((share * Double(all.count)).rounded()))
        return random.sample(size, below: all.count).sorted().map { all[$0] }
    }

    /// Known anomalies are scored by all models, other rows by those that have not learnt from them, if there are any.
    private func trainingScores(
        _ model: FittedBoostedTrees, samples: [Sample], data: Dataset, execution: Execution
    ) throws -> [Double] {
        var sums = [Double](repeating: 0, count: data.rowCount)
        var counts = [Int](repeating: 0, count: data.rowCount)
        var all = sums
        for (one, sample) in zip(model.models, samples) {
            let scores = try one.scores(of: data.matrix, execution: execution)
            var isSeen = [Bool](repeating: false, count: data.rowCount)
            for (row, isAnomaly) in zip(sample.rows, sample.isAnomaly) where !isAnomaly { isSeen[Int(row)] = true }
            for row in scores.indices {
                all[row] += scores[row]
                if !isSeen[row] {
                    sums[row] += scores[row]
                    counts[row] += 1
                }
            }
        }
        return sums.indices.map { row in
            counts[row] > 0 ? sums[row] / Double(counts[row]) : all[row] / Double(samples.count)
        }
    }
}
