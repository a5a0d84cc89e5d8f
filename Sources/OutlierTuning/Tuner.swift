import Foundation
public import OutlierCore

/// Searches good parameters of a detector: Hyperband, whose brackets of successive halving try many parameters on few
/// rows and the best of them on more.
///
/// Parameters are drawn at random where their declarations say that good values are (``SearchSpace``); the first trial is
/// the configuration's own parameters on all rows, so that the result is never worse by the objective. The same seed
/// tries the same parameters; with `seconds` the clock decides how many of them.
///
/// L. Li, K. Jamieson, G. DeSalvo, A. Rostamizadeh and A. Talwalkar, “Hyperband: A Novel Bandit-Based Approach to
/// Hyperparameter Optimization”, JMLR 18, 2018.
public struct Tuner: Sendable {
    /// One set of parameters on a number of rows.
    public struct Trial: Sendable {
        public let number: Int
        public let rows: Int
        public let recipe: Recipe
        /// The searched parameters alone.
        public let searched: Value
        /// What the objective gave; `nil` where the detector could not be fitted.
        public let value: Double?
        public let seconds: Double
        public let failure: String?
    }

    /// What a search found.
    public struct Outcome: Sendable {
        /// All trials that were made, in order.
        public let trials: [Trial]
        /// The best of those on all rows, the earliest of equal ones.
        public let best: Trial
        /// The trial of the configuration's own parameters.
        public let first: Trial
        /// Whether time ended the search before all trials were made.
        public let ranOut: Bool
        /// How many trials were read from the journal.
        public let resumed: Int
    }

    public let space: SearchSpace
    public let objective: Objective
    public var trials: Int
    public var seconds: Double?
    public var journalPath: String?

    public init(
        space: SearchSpace, objective: Objective, trials: Int, seconds: Double? = nil, journalPath: String? = nil
    ) {
        self.space = space
        self.objective = objective
        self.trials = trials
        self.seconds = seconds
        self.journalPath = journalPath
    }

    /// - Throws: ``OutlierError/Code/numericalFailure`` where no trial on all rows has a value, what the journal
    ///   throws, and `CancellationError`.
    public func run(registry: Registry, context: FitContext) throws -> Outcome {
        let journal = try journalPath.map { try Journal(path: $0, heading: heading(context)) }
        var known = knownTrials(journal, seed: context.seed)
        let resumed = known.count
        let clock = ContinuousClock()
        let start = clock.now
        var done: [Trial] = []
        var ranOut = false
        let schedule = Schedule(trials: trials, rows: objective.table.rowCount)
        let total = Double(max(1, schedule.brackets.reduce(0) { $0 + $1.trials.count }))
        for bracket in schedule.brackets {
            var alive = Array(bracket.trials)
            for rows in bracket.rungs where !alive.isEmpty {
                var values: [(trial: Int, value: Double)] = []
                for number in alive {
                    try context.checkCancellation()
                    if let seconds, !done.isEmpty, Self.seconds(clock.now - start) > seconds {
                        ranOut = true
                        break
                    }
                    let best = done.compactMap(\.value).max()
                    context.report(
                        Double(min(done.count, Int(total))) / total,
                        stage: "trial \(number + 1) of \(trials), \(rows) rows"
                            + (best.map { String(format: ", best %.4f", $0) } ?? ""))
                    let trial: Trial
                    if let old = known.removeValue(forKey: Key(number: number, rows: rows)) {
                        trial = old
                    } else {
                        trial = try make(number, rows: rows, registry: registry, context: context)
                        try journal?.append(Self.entry(trial))
                    }
                    done.append(trial)
                    if let value = trial.value { values.append((number, value)) }
                }
                if ranOut { break }
                values.sort { ($0.value, $1.trial) > ($1.value, $0.trial) }
                alive = values.prefix(max(1, values.count / Schedule.reduction)).map(\.trial)
            }
            if ranOut { break }
        }
        let whole = done.filter { $0.rows == objective.table.rowCount && $0.value != nil }
        guard let best = whole.max(by: { ($0.value ?? 0, $1.number) < ($1.value ?? 0, $0.number) }),
            let first = done.first
        else {
            throw OutlierError(
                .numericalFailure,
                "no trial on all rows has a value" + (done.first?.failure.map { ": \($0)" } ?? ""))
        }
        return Outcome(trials: done, best: best, first: first, ranOut: ranOut, resumed: resumed - known.count)
    }

    private struct Key: Hashable {
        var number: Int
        var rows: Int
    }

    private func make(_ number: Int, rows: Int, registry: Registry, context: FitContext) throws -> Trial {
        let recipe = space.recipe(trial: number, seed: context.seed)
        let clock = ContinuousClock()
        let start = clock.now
        var value: Double?
        var failure: String?
        do {
            let detector = try registry.detector(recipe)
            let quiet = FitContext(seed: context.seed, execution: context.execution)
            value = try objective.value(of: detector, rows: rows, context: quiet)
        } catch let error as OutlierError {
            failure = error.message
        }
        return Trial(
            number: number, rows: rows, recipe: recipe, searched: space.searched(recipe), value: value,
            seconds: Self.seconds(clock.now - start), failure: failure)
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    // MARK: The journal

    private func heading(_ context: FitContext) -> Value {
        let objective: Value =
            switch objective.kind {
            case .crossValidation(let metric, let folds):
                ["cross-validation": .string(metric), "folds": .integer(folds)]
            case .agreement(let reference): ["agreement": .string(reference)]
            case .excessMass: ["internal": "excess-mass"]
            case .massVolume: ["internal": "mass-volume"]
            }
        return [
            "search": "hyperband", "detector": space.base.value, "parameters": .array(space.names.map(Value.string)),
            "objective": objective, "rows": .integer(self.objective.table.rowCount),
            "columns": .integer(self.objective.table.columnCount), "trials": .integer(trials),
            "seed": .string(String(context.seed)),
        ]
    }

    private static func entry(_ trial: Trial) -> Value {
        [
            "trial": .integer(trial.number), "rows": .integer(trial.rows), "parameters": trial.searched,
            "value": trial.value.map(Value.number) ?? .null, "seconds": .number(trial.seconds),
            "failure": trial.failure.map(Value.string) ?? .null,
        ]
    }

    private func knownTrials(_ journal: Journal?, seed: UInt64) -> [Key: Trial] {
        var known: [Key: Trial] = [:]
        for entry in journal?.entries ?? [] {
            guard let number = entry["trial"]?.int, let rows = entry["rows"]?.int, (0..<trials).contains(number) else {
                continue
            }
            let recipe = space.recipe(trial: number, seed: seed)
            known[Key(number: number, rows: rows)] = Trial(
                number: number, rows: rows, recipe: recipe, searched: space.searched(recipe),
                value: entry["value"]?.double, seconds: entry["seconds"]?.double ?? 0,
                failure: entry["failure"]?.string)
        }
        return known
    }
}
