import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import OutlierTuning
import OutlierWorkflow

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Searches good parameters of the configuration's detector.",
        discussion: """
            Parameters are drawn at random and tried on few rows first; the better third goes on with three times as \
            many (Hyperband). The first trial is the configuration itself. Where the table has labels, a trial is \
            judged by cross-validation. Where it has none, --without-labels says by what: “agreement” with the scores of \
            “auto”, which finds parameters that are no odd ones out, but none that know more than “auto” does; \
            “excess-mass” or “mass-volume”, how small the space is that a detector calls normal.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Option(parsing: .unconditional, help: "How many sets of parameters to try.")
    var trials = 30

    @Option(parsing: .unconditional, help: "After how many seconds no further trial begins.")
    var seconds: Double?

    @Option(help: "The metric that labels are judged by, by name.")
    var metric = "roc-auc"

    @Option(
        help: ArgumentHelp(
            "What trials are judged by where there are no labels: agreement, the default, excess-mass or mass-volume.",
            valueName: "measure"),
        transform: { text in
            guard let measure = Objective.Substitute(rawValue: text) else {
                throw ValidationError("“\(text)” is none of agreement, excess-mass and mass-volume.")
            }
            return measure
        })
    var withoutLabels: Objective.Substitute?

    @Option(help: "The parameters to search, separated by commas; those that matter most if left out.")
    var parameters: String?

    @Option(help: "Keep every trial in this file, and go on from it where it is there.", completion: .file())
    var journal: String?

    @Option(help: "Write the configuration with the best parameters to this file.", completion: .file())
    var output: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        for (option, path) in [("--journal", journal), ("--output", output)] where path == "-" {
            throw ValidationError("\(option) must be a file, but -, standard output, was given.")
        }
        if trials < 1 { throw ValidationError("--trials must be at least 1, but \(trials) was given.") }
        if let seconds, !(seconds > 0) {
            throw ValidationError("--seconds must be above 0, but \(seconds) was given.")
        }
    }

    func run() throws {
        let configuration = try options.load()
        var files = FilePlan(options, configuration)
        try files.writesArgument(journal, as: "the journal")
        try files.writesArgument(output, as: "the best configuration")
        let registry = configuration.registry
        guard let detector = configuration.detector else {
            _ = try configuration.pipeline()
            return
        }
        let names = parameters?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let judge: any Metric = try UsageError.wrapping { try registry.metric(metric) }
        let space = try UsageError.wrapping {
            try SearchSpace(detector.recipe, registry: registry, parameters: names)
        }
        let interruption = Interruption()
        let bar = ProgressBar()
        let tuning: Tuning
        do {
            defer { bar.clear() }
            tuning = try Tuning(
                configuration, space: space, metric: judge, trials: trials, seconds: seconds,
                substitute: withoutLabels ?? .agreement, journal: journal,
                execution: configuration.execution(cancellation: interruption.cancellation), observer: bar.observer)
        }
        let (objective, outcome) = (tuning.objective, tuning.outcome)
        if let output {
            try OutputFolder.prepare(for: output)
            try write(outcome.best, to: output)
        }
        if let withoutLabels, case .crossValidation = objective.kind {
            StandardError.write(
                "--without-labels \(withoutLabels.rawValue) is not used: the table has labels, and they judge\n")
        }
        let reason = reason(outcome, objective)
        StandardOutput.write(json ? jsonText(outcome, objective, reason) : text(outcome, objective, reason))
        if let output { StandardError.write("wrote \(OutputFolder.shown(output))\n") }
    }

    private func write(_ best: Tuner.Trial, to path: String) throws {
        var value = try ConfigurationFile.value(of: options.configuration)
        for assignment in options.set { try ConfigurationOverride(assignment).apply(to: &value) }
        try ConfigurationOverride(path: ["detector"], value: best.recipe.value).apply(to: &value)
        renameOutputs(of: &value, after: path)
        let file = try AtomicFile(path: path)
        try file.write(YAMLText.text(of: value))
        try file.commit()
    }

    /// A run of the best configuration must not replace what a run of the first one wrote: its outputs get a name of their own.
    private func renameOutputs(of value: inout Value, after path: String) {
        let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        guard case .object(var sections) = value, let index = sections.firstIndex(where: { $0.key == "output" }),
            case .object(var entries) = sections[index].value
        else { return }
        var names: [String] = []
        for (position, entry) in entries.enumerated() {
            guard let file = entry.value.string, file != "-" else { continue }
            let url = URL(fileURLWithPath: file)
            let renamed = url.deletingLastPathComponent().appendingPathComponent("\(stem)-\(url.lastPathComponent)")
                .path
            entries[position].value = .string(renamed)
            names.append(OutputFolder.shown(renamed))
        }
        sections[index].value = .object(entries)
        value = .object(sections)
        if !names.isEmpty { StandardError.write("its outputs will be \(names.joined(separator: ", "))\n") }
    }

    private func reason(_ outcome: Tuner.Outcome, _ objective: Objective) -> String {
        let measure =
            switch objective.kind {
            case .crossValidation(let metric, let folds): "\(metric) of labelled rows held back, mean of \(folds) parts"
            case .agreement(let reference):
                "rank correlation with “\(reference)”, as there are no labels: agreement, not truth"
            case .excessMass: "excess mass, as there are no labels: the higher, the better it follows the density"
            case .massVolume: "minus the mass volume, as there are no labels: how small the space of normal rows is"
            }
        var reason = "judged by \(measure)\n"
        let whole = outcome.trials.filter { $0.rows == outcome.best.rows && $0.value != nil }.count
        let count = Set(outcome.trials.map(\.number)).count
        reason += "\(Format.counted(count, "trial")), \(whole) of them on all \(outcome.best.rows) rows"
        if outcome.resumed > 0 { reason += "; \(Format.counted(outcome.resumed, "result")) from the journal" }
        if outcome.ranOut { reason += "; ended by --seconds" }
        reason += "\n"
        let values = (outcome.best.value ?? .nan, outcome.first.value ?? .nan)
        if outcome.best.number == outcome.first.number {
            reason += "the configuration's own parameters are the best: \(Format.metric(values.0))"
        } else {
            reason +=
                "the best gives \(Format.metric(values.0)), the configuration's own parameters \(Format.metric(values.1))"
        }
        return reason
    }

    private func text(_ outcome: Tuner.Outcome, _ objective: Objective, _ reason: String) -> String {
        var table = TextTable(["trial", "rows", "value", "seconds", "parameters"])
        let shown = outcome.trials.filter { $0.value != nil }.sorted {
            ($0.rows, $0.value ?? 0, $1.number) > ($1.rows, $1.value ?? 0, $0.number)
        }
        for trial in shown.prefix(10) {
            table.rows.append([
                String(trial.number + 1), String(trial.rows), trial.value.map(Format.metric) ?? "-",
                Format.seconds(trial.seconds), Self.words(trial.searched),
            ])
        }
        let failed = outcome.trials.filter { $0.failure != nil }
        let failures =
            failed.first?.failure.map { "\(Format.counted(failed.count, "trial")) failed, the first: \($0)\n" } ?? ""
        return table.text + "\n" + failures + reason + "\n\ndetector: \(outcome.best.recipe.value.json())\n"
    }

    private static func words(_ parameters: Value) -> String {
        (parameters.entries ?? []).map { "\($0.key) \($0.value.string ?? $0.value.json())" }.joined(separator: ", ")
    }

    private func jsonText(_ outcome: Tuner.Outcome, _ objective: Objective, _ reason: String) -> String {
        func value(_ trial: Tuner.Trial) -> Value {
            .object([
                Value.Entry("trial", .integer(trial.number + 1)), Value.Entry("rows", .integer(trial.rows)),
                Value.Entry("value", trial.value.map(Value.number) ?? .null),
                Value.Entry("seconds", .number(trial.seconds)), Value.Entry("parameters", trial.searched),
                Value.Entry("failure", trial.failure.map(Value.string) ?? .null),
            ])
        }
        let entries = [
            Value.Entry("detector", outcome.best.recipe.value), Value.Entry("best", value(outcome.best)),
            Value.Entry("first", value(outcome.first)), Value.Entry("why", .string(reason)),
            Value.Entry("ranOut", .boolean(outcome.ranOut)), Value.Entry("resumed", .integer(outcome.resumed)),
            Value.Entry("trials", .array(outcome.trials.map(value))),
        ]
        return Value.object(entries).json(indentation: 2) + "\n"
    }
}
