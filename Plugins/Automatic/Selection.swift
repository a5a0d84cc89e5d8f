import Foundation
import OutlierCore
import OutlierNumerics

/// One run of ``Automatic``: from a table to the model.
struct Selection {
    let recipe: Automatic
    let data: Dataset
    let prepared: Dataset
    let preparation: PreprocessingSteps
    let context: FitContext
    var profile: TableProfile
    var candidates: [Candidate]
    /// For each candidate its model, the scores of the training rows and their scale, where it was fitted.
    private var fitted: [Fitted?]
    private var learner: Fitted?
    private var learnerCandidate: Candidate?
    private var evidence: LabelEvidence?
    private var combinedScale: TailScale?
    /// What was done, in sentences.
    private var story: [String] = []
    private let start = ContinuousClock.now
    /// The candidate that is fitted whatever time it takes, where there is a budget.
    private var cheapest: Int?

    private struct Fitted: Sendable {
        var model: any FittedDetector
        var scores: [Double]
        var scale: TailScale
        /// The scores on the common scale.
        var values: [Double]

        init(_ model: any FittedDetector, _ scores: [Double]) {
            self.model = model
            self.scores = scores
            scale = TailScale(trainingScores: scores)
            values = scale.values(of: scores)
        }
    }

    init(_ recipe: Automatic, _ data: Dataset, context: FitContext) throws {
        self.recipe = recipe
        self.data = data
        self.context = context
        context.report(0, stage: "profile")
        profile = TableProfile(data, seed: context.seed)
        (preparation, prepared) = try PreprocessingSteps.fit(
            recipe.prepares ? recipe.preprocessors : [], on: data, context: context.part(-1))
        var random = context.random(stream: -2)
        profile.findClusters(prepared.matrix, random: &random)
        candidates = recipe.candidates.map { Candidate(recipe: $0.recipe) }
        fitted = candidates.map { _ in nil }
    }

    /// Leaves out the candidates for which there will be no time.
    mutating func chooseWithinBudget() throws {
        guard let budget = recipe.seconds else { return }
        let patience = min(0.2, budget / Double(20 * candidates.count))
        let withinBudget = withinBudget
        for index in candidates.indices {
            // All estimates together take at most a quarter of it.
            let limit = Cancellation(
                deadline: .now + .seconds(min(budget, 3e9) / Double(4 * candidates.count)), within: withinBudget)
            context.report(0.1 * Double(index) / Double(candidates.count), stage: "costs")
            candidates[index].estimate = try CostEstimate.seconds(
                of: recipe.candidates[index], on: prepared.unlabeled, patience: patience, limit: limit,
                context: context.part(index))
        }
        let threads = Double(min(concurrency, candidates.count))
        let estimates = candidates.map { $0.estimate ?? 0 }
        // Preparation and estimates have taken their part of it.
        let rest = max(0, budget - Self.seconds(since: start))
        var left = rest * threads
        var chosen = 0
        for index in candidates.indices {
            // Neither may all of them together take longer, nor one of them alone.
            if estimates[index] <= min(left, rest) {
                left -= estimates[index]
                chosen += 1
            } else {
                candidates[index].reason = "left out: it would take longer than what is left of the budget"
            }
        }
        if chosen == 0, let cheapest = estimates.indices.min(by: { estimates[$0] < estimates[$1] }) {
            candidates[cheapest].reason = ""
            story.append("No candidate fits in the budget of \(budget) seconds; the cheapest was fitted all the same.")
        }
        cheapest = candidates.indices.filter { candidates[$0].reason.isEmpty }
            .min { estimates[$0] < estimates[$1] }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// What stops work for which the budget has no time left.
    private var withinBudget: Cancellation {
        let cancellation = context.execution.cancellation
        guard let seconds = recipe.seconds else { return cancellation }
        // A century is no limit, and no overflow.
        return Cancellation(deadline: start + .seconds(min(seconds, 3e9)), within: cancellation)
    }

    /// How many candidates may run at once.
    private var concurrency: Int {
        let threads = context.execution.threads
        return memoryShares.map { max(1, min(threads, Int(min(1e6, $0)))) } ?? threads
    }

    /// How many times the budget of memory holds what a candidate takes on all rows: four times the prepared table.
    private var memoryShares: Double? {
        let bytes = 4 * 8 * Double(prepared.rowCount) * Double(prepared.columnCount)
        return recipe.memory.map { $0 * 1_048_576 / max(1, bytes) }
    }

    /// The rows that candidates are fitted on, ascending, where memory does not do for all; `nil` for all.
    private mutating func sampleWithinMemory() -> [Int]? {
        guard let shares = memoryShares, shares < 1 else { return nil }
        // So few rows are fitted whatever they take.
        let count = min(prepared.rowCount, max(256, Int(shares * Double(prepared.rowCount))))
        guard count < prepared.rowCount else { return nil }
        story.append(
            "The budget of memory: candidates were fitted on \(count) random rows of \(prepared.rowCount).")
        var random = context.random(stream: -3)
        return random.sample(count, below: prepared.rowCount).sorted()
    }

    mutating func fitCandidates() throws {
        let chosen = candidates.indices.filter { candidates[$0].reason.isEmpty }
        let outer = max(1, min(concurrency, chosen.count))
        let innerThreads = max(1, context.execution.threads / outer)
        let withinBudget = withinBudget
        let cheapest = cheapest
        let results = Guarded<[Int: Result<(Fitted, Double), any Error>]>([:])
        let prepared = prepared.unlabeled
        let sampled = sampleWithinMemory().map(prepared.selectingRows)
        let recipes = recipe.candidates
        let context = context
        context.report(0.1, stage: "candidates")
        try Execution(threads: outer, cancellation: context.execution.cancellation).forEach(chosen.count) { place in
            let index = chosen[place]
            let part = FitContext(
                seed: context.part(index).seed,
                execution: Execution(
                    threads: innerThreads,
                    cancellation: index == cheapest ? context.execution.cancellation : withinBudget))
            let start = ContinuousClock.now
            let result = Result {
                // What begins after the deadline is not begun.
                try part.checkCancellation()
                let (model, scores) = try Self.fitAndScore(recipes[index], prepared, sampled: sampled, part)
                return (Fitted(model, scores), Self.seconds(since: start))
            }
            if case .failure(let error) = result, !(error is OutlierError) {
                try context.checkCancellation()
                guard error is CancellationError else { throw error }
            }
            let done = results.withLock { results in
                results[index] = result
                return results.count
            }
            context.report(0.1 + 0.6 * Double(done) / Double(chosen.count), stage: "candidates")
        }
        var failure: OutlierError?
        for index in chosen {
            switch results.withLock({ $0[index] }) {
            case .success(let (result, seconds)):
                fitted[index] = result
                candidates[index].seconds = seconds
            case .failure(let error as OutlierError):
                failure = failure ?? error
                candidates[index].reason = "left out: it failed: \(error.message)"
            case .failure: candidates[index].reason = "left out: it took longer than what was left of the budget"
            case nil: break
            }
        }
        if fitted.allSatisfy({ $0 == nil }) {
            throw failure ?? OutlierError(.invalidConfiguration, "no candidate could be fitted")
        }
    }

    /// A model of the sampled rows, if there are such, and the scores of all rows.
    private static func fitAndScore(
        _ detector: any Detector, _ data: Dataset, sampled: Dataset?, _ context: FitContext
    ) throws -> (any FittedDetector, [Double]) {
        let fit = try detector.fitAndScore(sampled ?? data, context: context)
        guard sampled != nil else { return (fit.model, fit.scores.values) }
        return (fit.model, try fit.model.scores(of: data, execution: context.execution).values)
    }

    /// The candidates that were fitted, in order.
    private var used: [Int] { fitted.indices.filter { fitted[$0] != nil } }

    mutating func weigh() throws {
        evidence = LabelEvidence(prepared, context: context)
        if let evidence { try weighByLabels(evidence) } else { weighByAgreement() }
    }

    private mutating func weighByAgreement() {
        let used = used
        let values = used.compactMap { fitted[$0]?.values }
        for (place, index) in used.enumerated() {
            candidates[index].measure = used.count > 1 ? agreement(of: place, in: values) : nil
        }
        switch recipe.mode {
        case .combine:
            for index in used {
                candidates[index].weight = 1 / Double(used.count)
                candidates[index].reason = "one voice among \(used.count)"
            }
            story.append(
                "Nothing is known of any row: the mean of \(used.count) candidates, each with the same weight.")
        case .select:
            let best = used.max { (candidates[$0].measure ?? 0, $1) < (candidates[$1].measure ?? 0, $0) }
            for index in used {
                candidates[index].weight = index == best ? 1 : 0
                candidates[index].reason =
                    index == best ? "agrees most with the others" : "agrees less with the others"
            }
            story.append("Nothing is known of any row: the candidate that agrees most with the mean of the others.")
        }
    }

    /// Pearson's correlation of a candidate and the mean of the others; 0 where one of them is constant.
    private func agreement(of place: Int, in values: [[Double]]) -> Double {
        let others = values.indices.filter { $0 != place }
        let mean = LabelEvidence.mean(
            others.map { values[$0] }, weights: others.map { _ in 1 / Double(others.count) })
        return correlation(values[place], mean)
    }

    private func correlation(_ first: [Double], _ second: [Double]) -> Double {
        let count = Double(first.count)
        let firstMean = first.reduce(0, +) / count
        let secondMean = second.reduce(0, +) / count
        var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0)
        for (one, two) in zip(first, second) {
            product += (one - firstMean) * (two - secondMean)
            firstSquare += (one - firstMean) * (one - firstMean)
            secondSquare += (two - secondMean) * (two - secondMean)
        }
        let result = product / (firstSquare * secondSquare).squareRoot()
        return result.isFinite ? min(1, max(-1, result)) : 0
    }

    private mutating func weighByLabels(_ evidence: LabelEvidence) throws {
        let used = used
        let values = used.compactMap { fitted[$0]?.values }
        let areas = try values.map { try evidence.area(of: $0, anomalies: evidence.anomalies) }
        var (combined, weights) = LabelEvidence.combine(values, areas: areas)
        for (place, index) in used.enumerated() { candidates[index].measure = areas[place] }
        var combinedArea = try evidence.heldOutArea(ofCombining: values)
        story.append(
            "Known anomalies: \(evidence.anomalies.count). Rows to tell them from: \(evidence.others.count).")
        if recipe.mode == .select, let best = used.indices.max(by: { (areas[$0], $1) < (areas[$1], $0) }) {
            weights = used.indices.map { $0 == best ? 1 : 0 }
            combined = values[best]
            // On known anomalies that did not help to choose it, as the learner is measured.
            combinedArea = try evidence.heldOutArea(ofSelecting: values)
        }
        let scale = TailScale(trainingScores: combined)
        combinedScale = scale
        var share = 1.0
        if let learnerRecipe = recipe.learner, !evidence.folds.isEmpty {
            do {
                let features = try Self.features(
                    of: prepared, scores: used.map { (candidates[$0].recipe.name, fitted[$0]?.values ?? []) })
                let context = context.stopped(by: withinBudget)
                let area = try evidence.heldOutArea(
                    of: learnerRecipe, on: features, context: context.part(candidates.count, covering: 0.7...0.95))
                context.report(0.95, stage: "learner")
                share = try addLearner(
                    learnerRecipe, on: features, area: area, against: combinedArea, context: context)
            } catch is CancellationError {
                try context.checkCancellation()
                story.append("No learner: the budget left it no time.")
                learnerCandidate = nil
            }
        } else if recipe.learner != nil {
            story.append("No learner: two known anomalies are needed, one to learn from and one to test on.")
        }
        for (place, index) in used.enumerated() {
            candidates[index].weight = share * weights[place]
            candidates[index].reason =
                recipe.mode == .combine
                ? "by its ROC-AUC on the known anomalies"
                : weights[place] > 0 && share > 0 ? "the best on the known anomalies" : "not the best"
        }
    }

    /// - Returns: what is left of the weight for the candidates.
    private mutating func addLearner(
        _ recipe: any Detector, on features: Dataset, area: Double, against other: Double, context: FitContext
    ) throws -> Double {
        var candidate = Candidate(recipe: recipe.recipe)
        candidate.measure = area
        defer { learnerCandidate = candidate }
        let (mine, theirs) = (LabelEvidence.weight(of: area), LabelEvidence.weight(of: other))
        var weight = mine + theirs > 0 ? mine / (mine + theirs) : 0.5
        if self.recipe.mode == .select { weight = area > other ? 1 : 0 }
        story.append(
            String(
                format:
                    "On known anomalies held back, the learner has a ROC-AUC of %.3f, the candidates together %.3f.",
                area, other))
        guard weight > 0 else {
            candidate.reason = "not better than chance, or than the candidates"
            return 1
        }
        candidate.weight = weight
        candidate.reason = "by its ROC-AUC on known anomalies that it had not seen"
        let fit = try recipe.fitAndScore(
            features, context: context.part(candidates.count + 1, covering: 0.95...1))
        learner = Fitted(fit.model, fit.scores.values)
        return 1 - weight
    }

    /// What a learner looks at: the prepared columns and the candidates' scores on the common scale.
    static func features(of data: Dataset, scores: [(name: String, values: [Double])]) throws -> Dataset {
        try data.appendingColumns(scores.map { (name: "\($0.name) score", values: $0.values) })
    }

    func result() throws -> (model: FittedAutomatic, scores: [Double]) {
        let share = 1 - (learnerCandidate?.weight ?? 0)
        // A learner looks at every candidate; without one, those that do not count are not kept.
        let kept = used.filter { learner != nil || candidates[$0].weight > 0 }
        let members = kept.compactMap { index in
            fitted[index].map {
                FittedAutomatic.Member(
                    name: candidates[index].recipe.name, model: $0.model, scale: $0.scale,
                    weight: share > 0 ? candidates[index].weight / share : 0)
            }
        }
        let learned = learner.map {
            FittedAutomatic.Member(
                name: learnerCandidate?.recipe.name ?? "", model: $0.model, scale: $0.scale,
                weight: learnerCandidate?.weight ?? 0)
        }
        let reasons = Reasons(
            profile: profile, candidates: candidates + (learnerCandidate.map { [$0] } ?? []), story: story,
            measureName: evidence == nil ? "agreement" : "roc-auc")
        let model = FittedAutomatic(
            featureCount: data.columnCount, preparation: preparation, members: members, learner: learned,
            combinedScale: combinedScale, reasons: reasons.value)
        let values = kept.compactMap { fitted[$0]?.values }
        return (model, model.combine(values, learned: learner?.values))
    }
}
