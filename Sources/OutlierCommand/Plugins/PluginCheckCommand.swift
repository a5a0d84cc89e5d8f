import ArgumentParser
import Foundation
import Outlier
import OutlierTesting
import PluginHost

struct PluginCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Loads a plug-in, shows what it registers, and checks what plug-ins promise.",
        discussion: """
            The plug-in runs in a process of its own, so that one that crashes is told of. The exit status is 0 where \
            every promise is kept, 1 where one is broken, 65 where the plug-in cannot be loaded.
            """)

    @Argument(help: "The shared library or manifest.", completion: .file())
    var file: String

    @Flag(help: "Run the plug-in in this process.")
    var inProcess = false

    @Option(parsing: .unconditional, help: "How many seconds one call may take.")
    var timeLimit = 60.0

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if !(timeLimit > 0) { throw ValidationError("--time-limit must be above 0, but \(timeLimit) was given.") }
    }

    private struct Result {
        var description: ComponentDescription
        var points: [ConformancePoint]
    }

    func run() throws {
        var registry = CommandContext.registry
        let options = PluginOptions(isolated: !inProcess, timeLimit: timeLimit)
        let descriptions = try PluginLoader.load(file, options: options, into: &registry)
        if !json, let origin = descriptions.first?.origin {
            StandardOutput.write("\(origin.plugin) \(origin.version)\n")
        }
        var results: [Result] = []
        for description in descriptions {
            if !json { StandardOutput.write("\n" + Self.headline(description)) }
            let points = try check(description, registry) { point in
                if !json { StandardOutput.write(Self.line(point)) }
            }
            results.append(Result(description: description, points: points))
        }
        let broken = results.flatMap(\.points).count { !$0.isKept }
        if json {
            StandardOutput.write(value(results, file: file).json(indentation: 2) + "\n")
        } else {
            let count = results.flatMap(\.points).count
            StandardOutput.write(
                broken == 0 ? "\nall \(count) promises are kept\n" : "\n\(broken) of \(count) promises are broken\n")
        }
        if broken > 0 { throw ExitCode(ErrorReport.Status.failed) }
    }

    private func check(
        _ description: ComponentDescription, _ registry: Registry, report: (ConformancePoint) -> Void
    ) throws -> [ConformancePoint] {
        switch description.kind {
        case .detector:
            func points(_ detector: some Detector) -> [ConformancePoint] {
                DetectorConformance.points(detector, registry: registry, rocAUCFloor: nil, report: report)
            }
            return points(try registry.detector(description.name))
        case .preprocessor:
            func points(_ preprocessor: some Preprocessor) -> [ConformancePoint] {
                PreprocessorConformance.points(preprocessor, registry: registry, report: report)
            }
            return points(try registry.preprocessor(description.name))
        default:
            func points(_ metric: some Metric) -> [ConformancePoint] {
                MetricConformance.points(metric, report: report)
            }
            return points(try registry.metric(description.name))
        }
    }

    private static func headline(_ description: ComponentDescription) -> String {
        var text = "\(description.kind.rawValue) \(description.name)"
        if !description.summary.isEmpty { text += ": \(description.summary)" }
        text += "\n"
        for parameter in description.parameters {
            text += "      \(parameter.name): \(parameter.kind.words); default \(parameter.defaultValue)\n"
        }
        return text
    }

    private static func line(_ point: ConformancePoint) -> String {
        var text = (point.isKept ? "pass  " : "FAIL  ") + point.name + "\n"
        for failure in point.failures {
            text += "      " + failure.split(whereSeparator: \.isNewline).joined(separator: "\n      ") + "\n"
        }
        return text
    }

    private func value(_ results: [Result], file: String) -> Value {
        [
            "file": .string(file),
            "plugin": .string(results.first?.description.plugin ?? ""),
            "version": .string(results.first?.description.origin?.version ?? ""),
            "components": .array(
                results.map { result in
                    [
                        "kind": .string(result.description.kind.rawValue), "name": .string(result.description.name),
                        "points": .array(
                            result.points.map { point in
                                [
                                    "name": .string(point.name), "passed": .boolean(point.isKept),
                                    "failures": .array(point.failures.map(Value.string)),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
