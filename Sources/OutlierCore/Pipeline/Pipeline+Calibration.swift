/// Fits whose threshold learns from rows that the detector does not see.
extension Pipeline {
    /// Fits on a part of the rows and calibrates on the others. The scores are of all rows: those of the fit by the
    /// detector's rule for training rows, the others as new rows.
    func trainHoldingOut(
        _ share: Double, of data: Dataset, context: FitContext, scoring: Bool, from beginning: Beginning
    ) throws -> (model: FittedPipeline, scores: Scores) {
        var candidates = Self.calibratable(data)
        let count = Int((share * Double(candidates.count)).rounded())
        try threshold?.calibrator?.requireEnough(calibrationRowCount: count)
        var random = context.part(-3).random()
        candidates.shuffle(using: &random)
        let held = candidates.prefix(count).sorted()
        let isHeld = Self.flags(held, of: data.rowCount)
        let rest = (0..<data.rowCount).filter { !isHeld[$0] }
        guard !rest.isEmpty else {
            throw OutlierError(
                .notEnoughRows,
                "all \(data.rowCount) rows are held out to calibrate on, so that none is left to learn from",
                suggestion: "Use more rows or a lower “share”.")
        }
        var (model, learnt) = try trainWithoutThreshold(
            on: data.selectingRows(rest), context: context, scoring: scoring, from: beginning)
        let calibrating = data.selectingRows(held)
        let scores = try model.scores(of: calibrating, execution: context.execution)
        try decide(&model, scores: scores.values, labels: calibrating.labels, context: context)
        guard scoring else { return (model, Scores()) }
        let all = Scores.merged([(held, scores), (rest, learnt)], count: data.rowCount)
        try assure(
            &model, scores: all.values, labels: data.labels,
            unseen: unseenScores(of: data, scores: all, context: context, from: beginning))
        return (model, all)
    }

    /// Scores each row by a fit on the other folds, calibrates on these scores, then fits on all rows.
    func trainCrossing(
        _ folds: Int, of data: Dataset, context: FitContext, scoring: Bool, from beginning: Beginning
    ) throws -> (model: FittedPipeline, scores: Scores) {
        var candidates = Self.calibratable(data)
        try threshold?.calibrator?.requireEnough(calibrationRowCount: candidates.count)
        guard candidates.count >= folds else {
            throw OutlierError(
                .notEnoughRows, "\(candidates.count) rows cannot be split into \(folds) folds",
                suggestion: "Use more rows or fewer “folds”.")
        }
        var random = context.part(-3).random()
        candidates.shuffle(using: &random)
        var held: [Double] = []
        var labels: [Label] = []
        let step = 1 / Double(folds + 1)
        for fold in 0..<folds {
            let rows = stride(from: fold, to: candidates.count, by: folds).map { candidates[$0] }.sorted()
            let isHeld = Self.flags(rows, of: data.rowCount)
            // A number of its own, so that each fold keeps its own checkpoints.
            let part = context.part(1000 + fold, covering: Double(fold) * step...Double(fold + 1) * step)
            let (model, _) = try trainWithoutThreshold(
                on: data.selectingRows((0..<data.rowCount).filter { !isHeld[$0] }), context: part, scoring: false,
                from: beginning)
            let calibrating = data.selectingRows(rows)
            held += try model.scores(of: calibrating, execution: context.execution).values
            labels += calibrating.labels ?? []
        }
        var (model, scores) = try trainWithoutThreshold(
            on: data, context: context, scoring: scoring, from: beginning)
        try decide(&model, scores: held, labels: data.labels == nil ? nil : labels, context: context)
        if scoring {
            try assure(
                &model, scores: scores.values, labels: data.labels,
                unseen: unseenScores(of: data, scores: scores, context: context, from: beginning))
        }
        return (model, scores)
    }

    /// The rows that may be calibrated on: those that are not known to be anomalies.
    private static func calibratable(_ data: Dataset) -> [Int] {
        guard let labels = data.labels else { return Array(0..<data.rowCount) }
        return labels.indices.filter { labels[$0] != .anomaly }
    }

    private static func flags(_ rows: [Int], of count: Int) -> [Bool] {
        var flags = [Bool](repeating: false, count: count)
        for row in rows { flags[row] = true }
        return flags
    }
}
