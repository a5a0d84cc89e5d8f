import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierWorkflow

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Runs several detectors on one configuration and prints one table.",
        discussion: """
            Each detector replaces the configuration's own. The metrics are those of the training scores; the seconds \
            are those of the fit and of scoring the same rows as new ones; the memory is the most that was resident. \
            Where there are no labels, or with --internal, two measures need none: the excess mass, the higher the \
            better, and the mass volume, the lower the better (Goix, 2016). They say how small the space is that a \
            detector calls normal, and know nothing of which rows are anomalies. The exit status is 1 where a detector failed \
            that --detectors names, or every one.
            """)

    @Argument(help: "The configuration, a YAML or JSON file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var configuration: String

    @Option(help: "The detectors, separated by commas; all that need no labels if left out.")
    var detectors: String?

    @Option(name: .long, help: ArgumentHelp("Change one value of the configuration.", valueName: "path=value"))
    var set: [String] = []

    @Flag(
        name: .customLong("internal"),
        help: "Show excess mass and mass volume though there are labels; each fits the detector ten times more.")
    var showsInternalMeasures = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var plugins: PluginArguments

    func validate() throws { try ConfigurationOptions.expectFile(configuration) }

    func run() throws {
        let overrides = try UsageError.wrapping { try set.map { try ConfigurationOverride($0) } }
        let loaded = try ConfigurationFile.load(
            configuration, overrides: overrides, registry: plugins.registry(), plugins: PluginConfiguration.load)
        let registry = loaded.registry
        let chosen = try UsageError.wrapping { try names(registry) }
        let interruption = Interruption()
        let execution = loaded.execution(cancellation: interruption.cancellation)
        let table = try loaded.data.read(execution: execution)
        let comparison = Comparison(loaded, table: table)
        let rows = try chosen.map { name in
            let bar = ProgressBar()
            defer { bar.clear() }
            return try comparison.entry(
                of: name, withInternalMeasures: showsInternalMeasures, execution: execution, observer: bar.observer)
        }
        let unlabeled = table.truth == nil
        StandardOutput.write(json ? jsonText(rows) : text(rows))
        if unlabeled && !json { StandardError.write("no metrics of labels: the configuration names no label column\n") }
        // Of detectors that nobody asked for by name, some may not suit the table.
        let failures = rows.count { $0.failure != nil }
        if failures > 0 && (detectors != nil || failures == rows.count) { throw ExitCode(ErrorReport.Status.failed) }
    }

    private func names(_ registry: Registry) throws -> [String] {
        guard let detectors else { return Comparison.candidates(in: registry) }
        let names = detectors.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty
        }
        guard !names.isEmpty else {
            throw OutlierError(
                .invalidConfiguration, "--detectors names no detector",
                suggestion: "Write for instance --detectors isolation-forest,lof; without it all are compared.")
        }
        return try names.map { try registry.describe(.detector, $0).name }
    }

    private func text(_ rows: [Comparison.Entry]) -> String {
        let names = rows.first { $0.failure == nil }.map { cells($0).map(\.name) } ?? []
        let hasInternal = rows.contains { $0.internalMeasures != nil }
        let measures = hasInternal ? ["excess-mass", "mass-volume"] : []
        var table = TextTable(["detector"] + names + measures + ["fit s", "score s", "peak MiB"])
        for row in rows {
            let values = cells(row)
            let cells = names.map { name in values.first { $0.name == name }?.text ?? "-" }
            let times = [row.fitSeconds, row.scoreSeconds].map { $0.isNaN ? "-" : Format.seconds($0) }
            let densities =
                hasInternal
                ? [row.internalMeasures?.excessMass, row.internalMeasures?.massVolume].map {
                    $0.map(Format.metric) ?? "-"
                } : []
            table.rows.append([row.detector] + cells + densities + times + [row.peakBytes.map(Format.mebibytes) ?? "-"])
        }
        var text = table.text
        var reasons: [String] = []
        for row in rows {
            if let failure = row.failure { reasons.append("\(row.detector) failed: \(failure)") }
            if let failure = row.internalFailure { reasons.append("\(row.detector) without labels: \(failure)") }
            reasons += row.notes.filter { !reasons.contains($0) }
            for measure in row.measures {
                if let reason = measure.reason, !reasons.contains("\(measure.name): \(reason)") {
                    reasons.append("\(measure.name): \(reason)")
                }
            }
        }
        if !reasons.isEmpty { text += "\n" + reasons.joined(separator: "\n") + "\n" }
        return text
    }

    private func cells(_ row: Comparison.Entry) -> [(name: String, text: String)] { row.measures.flatMap(\.cells) }

    private func jsonText(_ rows: [Comparison.Entry]) -> String {
        let values = rows.map { row in
            var entries = [Value.Entry("detector", .string(row.detector))]
            if let failure = row.failure {
                entries.append(Value.Entry("error", .string(failure)))
            } else {
                entries += Summary(identifierName: "", measures: row.measures, rows: []).json
                if !row.notes.isEmpty { entries.append(Value.Entry("notes", .array(row.notes.map(Value.string)))) }
                if let measures = row.internalMeasures {
                    entries += [
                        Value.Entry("excessMass", .number(measures.excessMass)),
                        Value.Entry("massVolume", .number(measures.massVolume)),
                    ]
                }
                entries += [
                    Value.Entry("fitSeconds", .number(row.fitSeconds)),
                    Value.Entry("scoreSeconds", .number(row.scoreSeconds)),
                    Value.Entry("peakBytes", row.peakBytes.map(Value.integer) ?? .null),
                ]
            }
            return Value.object(entries)
        }
        return Value.array(values).json(indentation: 2) + "\n"
    }
}
