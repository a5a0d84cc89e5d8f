/// Scores of training rows by fits that did not know their labels.
///
/// A detector that has learnt from a row's label tells it from the others better than it tells new rows: a cutoff or a
/// probability that is learnt from such scores is one for rows that are known already.
extension Pipeline {
    /// In how many parts the rows are scored, at most.
    private static let parts = 5

    /// Whether the cutoff or the probability of a component is found by labels.
    func learnsFromLabels(_ component: any Component) -> Bool {
        // What calibrates chooses its rows itself, and takes no row's label for what its score should be.
        !(component is any CalibratingThreshold) && component.labelUse != .ignored
    }

    /// One score a row, by fits on the other parts; `nil` where nothing learns from labels what the detector has
    /// learnt from them.
    ///
    /// Each part holds as many of the known anomalies, of the known normal rows and of the others as the next.
    ///
    /// - Parameter scores: of the training rows.
    /// - Throws: ``OutlierError/Code/notEnoughRows`` where fewer than two rows of a class are known, so that there is no fit
    ///   without one of them.
    func unseenScores(
        of data: Dataset, scores: Scores, context: FitContext, from beginning: Beginning
    ) throws -> [Double]? {
        let learning = [threshold as (any Component)?, assurance].compactMap { $0 }.filter(learnsFromLabels)
        let knowing = (preprocessors as [any Component]) + [detector].compactMap { $0 as (any Component)? }
        guard let labels = data.labels, let part = learning.first,
            let knower = knowing.max(by: { $0.labelUse < $1.labelUse }),
            knower.labelUse != .ignored, labels.contains(where: { $0 != .unlabeled })
        else { return nil }
        let anomalies = labels.indices.filter { labels[$0] == .anomaly }
        let others = labels.indices.filter { labels[$0] != .anomaly }
        // What needs both classes must find both beside every part.
        let fewest = knower.labelUse == .required ? min(anomalies.count, others.count) : data.rowCount
        let count = min(Self.parts, fewest)
        guard count >= 2 else {
            throw OutlierError(
                .notEnoughRows,
                "“\(part.recipe.name)” learns from labels that “\(knower.recipe.name)” has learnt from too, so that rows are scored by fits without them: that takes two known anomalies and two other rows, but there are \(anomalies.count) and \(others.count)",
                suggestion:
                    "Label more rows, or use a threshold that needs no labels, for instance “quantile”.",
                component: part.recipe.name)
        }
        context.report(1, stage: "scores by fits without the labels")
        var random = context.part(-4).random()
        var order: [Int] = []
        for label in [Label.anomaly, .normal, .unlabeled] {
            var rows = labels.indices.filter { labels[$0] == label }
            rows.shuffle(using: &random)
            order += rows
        }
        var result = [Double](repeating: .nan, count: data.rowCount)
        for number in 0..<count {
            try context.checkCancellation()
            let rows = stride(from: number, to: order.count, by: count).map { order[$0] }.sorted()
            var isHeld = [Bool](repeating: false, count: data.rowCount)
            for row in rows { isHeld[row] = true }
            // A number of its own, so that each fit keeps its own checkpoints.
            let (model, _) = try trainWithoutThreshold(
                on: data.selectingRows((0..<data.rowCount).filter { !isHeld[$0] }),
                context: context.part(2000 + number),
                scoring: false, from: beginning)
            let held = try model.scores(of: data.selectingRows(rows).unlabeled, execution: context.execution)
            for (row, score) in zip(rows, held) where !scores[row].isNaN { result[row] = score }
        }
        return result
    }
}
