public import OutlierCore

/// What a search makes as large as it can.
public struct Objective: Sendable {
    /// How the value of a trial comes about.
    public enum Kind: Sendable, Equatable {
        /// A metric of labelled rows that the fit has not seen, the mean over parts of the table.
        case crossValidation(metric: String, folds: Int)
        /// Spearman's correlation with the scores of a reference detector, where there are no labels. It finds parameters
        /// that are no odd ones out; it cannot find any that are better than what the reference knows.
        case agreement(reference: String)
        /// How small the space is that a detector calls normal (``InternalMeasures``), where there are no labels.
        case excessMass
        /// The same, for the sets that hold nearly all rows.
        case massVolume
    }

    /// What stands in for labels where there are none.
    public enum Substitute: String, Sendable, CaseIterable {
        case agreement
        case excessMass = "excess-mass"
        case massVolume = "mass-volume"
    }

    public let kind: Kind
    let table: Dataset
    private let metric: any Metric
    private let preprocessors: [any Preprocessor]
    /// The reference's scores, one a row.
    private let reference: [Double]?
    /// The rows in the order in which a trial on a part of the table gets them.
    private let order: [Int]
    private let seed: UInt64

    /// - Parameters:
    ///   - table: with labels of both classes, or without.
    ///   - preprocessors: what changes the data before the detector.
    ///   - metric: of the scores, where there are labels.
    ///   - reference: what trials must agree with, where there are none.
    ///   - substitute: what stands in for labels where there are none.
    public init(
        table: Dataset, preprocessors: [any Preprocessor] = [], metric: any Metric = ROCAUC(),
        reference: any Detector, substitute: Substitute = .agreement, context: FitContext
    ) throws {
        self.metric = metric
        self.preprocessors = preprocessors
        seed = context.seed
        let labels = table.labels ?? []
        let anomalies = labels.count { $0 == .anomaly }
        if anomalies >= 2, labels.count - anomalies >= 2 {
            self.table = table
            kind = .crossValidation(metric: metric.recipe.name, folds: min(3, anomalies))
            self.reference = nil
        } else if substitute != .agreement {
            // The space is that of the columns that a detector sees.
            self.table = try preprocessors.enumerated().reduce(table.unlabeled) { data, stage in
                try Self.prepare(data, with: stage.element, context.part(stage.offset))
            }
            kind = substitute == .excessMass ? .excessMass : .massVolume
            self.reference = nil
        } else {
            self.table = table.unlabeled
            kind = .agreement(reference: reference.recipe.name)
            let pipeline = Pipeline(preprocessors: preprocessors, detector: reference)
            self.reference = try pipeline.fitAndScore(table.unlabeled, context: context).scores.values
        }
        var random = context.random(stream: -3)
        var rows = Array(0..<self.table.rowCount)
        rows.shuffle(using: &random)
        // Anomalies evenly among the others, so that the first rows of the order are a part like the whole.
        order = Self.interleaved(
            rows.filter { labels.isEmpty || labels[$0] != .anomaly },
            rows.filter { !labels.isEmpty && labels[$0] == .anomaly })
    }

    private static func prepare(
        _ data: Dataset, with preprocessor: some Preprocessor, _ context: FitContext
    ) throws -> Dataset {
        let fitted = try preprocessor.fit(data, context: context)
        return try fitted.transform(data, execution: context.execution)
    }

    private static func interleaved(_ many: [Int], _ few: [Int]) -> [Int] {
        guard !few.isEmpty else { return many }
        var result: [Int] = []
        result.reserveCapacity(many.count + few.count)
        let total = many.count + few.count
        var placed = 0
        for index in 0..<total {
            if placed < few.count && (index + 1) * few.count > placed * total {
                result.append(few[placed])
                placed += 1
            } else {
                result.append(many[index - placed])
            }
        }
        return result
    }

    /// The value of a detector on the first `rows` rows of the order: the higher, the better.
    ///
    /// - Throws: ``OutlierError`` where the detector cannot be fitted or the metric has no value.
    func value(of detector: any Detector, rows: Int, context: FitContext) throws -> Double {
        let chosen = Array(order.prefix(rows)).sorted()
        switch kind {
        case .agreement:
            let pipeline = Pipeline(preprocessors: preprocessors, detector: detector)
            let scores = try pipeline.fitAndScore(table.selectingRows(chosen), context: context).scores.values
            return Correlation.spearman(scores, chosen.map { reference?[$0] ?? 0 }) ?? 0
        case .excessMass, .massVolume:
            let values = try InternalMeasures().values(
                of: detector, on: table.selectingRows(chosen), context: context)
            return kind == .excessMass ? values.excessMass : -values.massVolume
        case .crossValidation(_, let folds):
            var sum = 0.0
            for fold in 0..<folds {
                sum += try value(
                    of: detector, holdingBack: fold, of: folds, rows: rows, context: context.part(fold))
            }
            return sum / Double(folds)
        }
    }

    private func value(
        of detector: any Detector, holdingBack fold: Int, of folds: Int, rows: Int, context: FitContext
    ) throws -> Double {
        let chosen = order.prefix(rows)
        let labels = table.labels ?? []
        // Each class goes round the parts by itself, so that every part has its share of both.
        var counts: [Label: Int] = [:]
        var held: [Int] = []
        var kept: [Int] = []
        for row in chosen {
            let place = counts[labels[row], default: 0]
            counts[labels[row]] = place + 1
            if place % folds == fold { held.append(row) } else { kept.append(row) }
        }
        let pipeline = Pipeline(preprocessors: preprocessors, detector: detector)
        let model = try pipeline.fit(table.selectingRows(kept.sorted()), context: context)
        // Where no row is known to be normal, those of which nothing is known are taken for normal.
        let knowsNormal = held.contains { labels[$0] == .normal }
        let judged = held.filter { !knowsNormal || labels[$0] != .unlabeled }
        let scores = try model.scores(
            of: table.selectingRows(judged).unlabeled, execution: context.execution)
        let evaluation = try Evaluation(scores: scores, truth: Truth(judged.map { labels[$0] == .anomaly }))
        return try metric.number(of: evaluation)
    }
}
