public import OutlierCore

/// Looks for labels that are probably wrong: rows whose label models that were fitted without them contradict.
///
///     let review = try LabelReview(BoostedTrees()).suspects(in: table.rows)
///     for suspect in review.suspects { print(suspect.row, suspect.given, suspect.probability) }
///
/// The labelled rows are dealt into `folds` parts, each class by itself; a pipeline that is fitted on the other parts scores
/// each; this is done `rounds` times with other parts, and a row's scores are averaged. An isotonic curve turns these scores into probabilities, whatever the detector, and ``ConfidentLearning``
/// compares them with the labels. Nothing is changed: the list is for somebody who can look at the rows.
///
/// Where no row is known to be normal, those of which nothing is known are taken for normal, and may be suspected to be
/// anomalies. Otherwise rows of which nothing is known help the fits and are not judged.
///
/// C. G. Northcutt, L. Jiang and I. L. Chuang, “Confident Learning: Estimating Uncertainty in Dataset Labels”, Journal of
/// Artificial Intelligence Research 70, 2021. Takes `folds` · `rounds` fits.
public struct LabelReview: Sendable {
    public var preprocessors: [any Preprocessor]
    public var detector: any Detector
    /// At least 2; fewer where a class has fewer rows.
    public var folds: Int
    /// At least 1. What a fit makes of a single label depends much on the other labels in it; an average depends less.
    public var rounds: Int

    public init(_ detector: any Detector, preprocessors: [any Preprocessor] = [], folds: Int = 5, rounds: Int = 5) {
        self.detector = detector
        self.preprocessors = preprocessors
        self.folds = folds
        self.rounds = rounds
    }

    /// - Throws: ``OutlierError/Code/missingLabels`` where there are not at least two rows of each class,
    ///   ``OutlierError/Code/invalidParameter`` for fewer than two folds or no round, and
    ///   what fitting throws.
    public func suspects(in data: Dataset, context: FitContext = FitContext()) throws -> SuspectLabels {
        guard folds >= 2 else {
            throw OutlierError(.invalidParameter, "labels are judged in at least 2 parts, but \(folds) were asked for")
        }
        guard rounds >= 1 else {
            throw OutlierError(.invalidParameter, "labels are judged in at least 1 round, but \(rounds) were asked for")
        }
        let known = try SupervisedRows(data)
        let kinds = [true, false].map { kind in known.rows.indices.filter { known.isAnomaly[$0] == kind } }
        let parts = min(folds, kinds[0].count, kinds[1].count)
        guard parts >= 2 else {
            throw OutlierError(
                .missingLabels,
                "labels are judged by rows that a fit did not see, but a class has only one labelled row",
                suggestion: "Label at least two rows of each class.")
        }
        var scores = [Double](repeating: 0, count: known.rows.count)
        for round in 0..<rounds {
            let range = Double(round) / Double(rounds)...Double(round + 1) / Double(rounds)
            let own = try heldOutScores(
                data, known, kinds: kinds, parts: parts, context: context.part(round, covering: range))
            for place in scores.indices { scores[place] += own[place] / Double(rounds) }
        }
        // Rows that cannot be scored are not judged.
        let judged = known.rows.indices.filter { !scores[$0].isNaN }
        let isAnomaly = judged.map { known.isAnomaly[$0] }
        guard Set(isAnomaly).count == 2 else {
            throw OutlierError(.missingLabels, "every row of a class is left out by the preprocessors")
        }
        let judgedScores = judged.map { scores[$0] }
        let curve = try Assurance(probability: .isotonic).fit(
            scores: judgedScores, labels: isAnomaly.map { $0 ? .anomaly : .normal })
        var decisions = Decisions()
        curve.complete(&decisions, scores: judgedScores)
        let probabilities = decisions.probabilities ?? []
        let learnt = ConfidentLearning(probabilities: probabilities, isAnomaly: isAnomaly)
        let suspects = learnt.isSuspect.indices.filter { learnt.isSuspect[$0] }.map { place in
            let row = known.rows[judged[place]]
            return SuspectLabels.Suspect(
                row: row, given: data.labels?[row] ?? .unlabeled, probability: probabilities[place],
                score: judgedScores[place])
        }
        return SuspectLabels(suspects: suspects, judgedCount: judged.count, folds: parts, learnt: learnt)
    }

    /// For each of the known rows, the score by a fit that did not see it.
    private func heldOutScores(
        _ data: Dataset, _ known: SupervisedRows, kinds: [[Int]], parts: Int, context: FitContext
    ) throws -> [Double] {
        var random = context.random(stream: -5)
        var part = [Int](repeating: 0, count: known.rows.count)
        for kind in kinds {
            var places = kind
            places.shuffle(using: &random)
            for (turn, place) in places.enumerated() { part[place] = turn % parts }
        }
        let pipeline = Pipeline(preprocessors: preprocessors, detector: detector)
        var scores = [Double](repeating: .nan, count: known.rows.count)
        for current in 0..<parts {
            let places = part.indices.filter { part[$0] == current }
            let held = places.map { known.rows[$0] }
            var isHeld = [Bool](repeating: false, count: data.rowCount)
            for row in held { isHeld[row] = true }
            let range = Double(current) / Double(parts)...Double(current + 1) / Double(parts)
            let model = try pipeline.fit(
                data.selectingRows((0..<data.rowCount).filter { !isHeld[$0] }),
                context: context.part(current, covering: range))
            let own = try model.scores(of: data.selectingRows(held).unlabeled, execution: context.execution)
            for (place, score) in zip(places, own) { scores[place] = score }
        }
        return scores
    }
}

/// Labels that are probably wrong.
public struct SuspectLabels: Sendable {
    public struct Suspect: Sendable, Hashable {
        /// The row's number, from 0.
        public let row: Int
        /// What it is said to be.
        public let given: Label
        /// The probability that it is an anomaly, by models that did not see it.
        public let probability: Double
        /// The score that the probability comes from.
        public let score: Double

        /// The probability of what the row is said to be: the smaller, the more suspect.
        public var selfConfidence: Double { given == .anomaly ? probability : 1 - probability }
    }

    /// The most suspect first.
    public let suspects: [Suspect]
    /// How many rows were judged.
    public let judgedCount: Int
    /// In how many parts.
    public let folds: Int
    public let learnt: ConfidentLearning

    init(suspects: [Suspect], judgedCount: Int, folds: Int, learnt: ConfidentLearning) {
        // Rows of one probability by their scores: isotonic curves have steps.
        func support(_ suspect: Suspect) -> Double { suspect.given == .anomaly ? suspect.score : -suspect.score }
        self.suspects = suspects.sorted {
            ($0.selfConfidence, support($0), $0.row) < ($1.selfConfidence, support($1), $1.row)
        }
        self.judgedCount = judgedCount
        self.folds = folds
        self.learnt = learnt
    }
}
