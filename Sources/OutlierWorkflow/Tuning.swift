public import Outlier
public import OutlierConfig
import OutlierData
public import OutlierTuning

/// A search for good parameters of a configuration's detector.
public struct Tuning: Sendable {
    public let objective: Objective
    public let outcome: Tuner.Outcome

    /// - Parameters:
    ///   - space: the parameters that are searched.
    ///   - metric: what labels are judged by.
    ///   - trials: how many sets of parameters are tried.
    ///   - seconds: after how many seconds no further trial begins; `nil` for no end.
    ///   - substitute: what trials are judged by if there are no labels.
    ///   - journal: a file that keeps every trial, and from which the search goes on if it is there.
    /// - Throws: what ``Tuner/run(registry:context:)`` throws.
    public init(
        _ configuration: RunConfiguration, space: SearchSpace, metric: any Metric, trials: Int = 30,
        seconds: Double? = nil, substitute: Objective.Substitute = .agreement, journal: String? = nil,
        execution: Execution? = nil, observer: (@Sendable (FitProgress) -> Void)? = nil
    ) throws {
        let detector = try configuration.requiredDetector()
        let execution = execution ?? configuration.execution()
        let table = try configuration.data.read(execution: execution)
        let context = FitContext(seed: UInt64(configuration.seed), execution: execution, observer: observer)
        // What trials without labels must agree with: “auto”, but for itself.
        let reference = detector.recipe.name == "auto" ? detector.recipe : Recipe(name: "auto")
        objective = try Objective(
            table: table.labelledRows(), preprocessors: configuration.preprocessors, metric: metric,
            reference: configuration.registry.detector(reference), substitute: substitute, context: context)
        if let journal { try OutputFolder.prepare(for: journal) }
        outcome = try Tuner(
            space: space, objective: objective, trials: trials, seconds: seconds, journalPath: journal
        ).run(registry: configuration.registry, context: context)
    }
}
