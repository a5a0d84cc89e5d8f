import ArgumentParser
import Foundation
import Outlier
import OutlierConfig
import OutlierImages
import OutlierVision
import OutlierWorkflow

struct ImagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "images", abstract: "Learns what normal pictures are like, and finds what is wrong in others.",
        discussion: """
            The configuration names folders of pictures, a pretrained network and a detector:

              data:     {images: Parts/train/good, test: Parts/test}
              encode:   {network: efficientnet-lite0.safetensors}
              detector: patchcore
              output:   {scores: scores.csv, maps: maps}
            """)

    @Argument(help: "The configuration, a YAML or JSON file.", completion: .file(extensions: ["yaml", "yml", "json"]))
    var configuration: String

    @Option(
        help: ArgumentHelp("Change one value: --set detector.coreset=0.1.", valueName: "path=value"))
    var set: [String] = []

    @Option(help: "How many of the most anomalous pictures to show.")
    var top = 10

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var plugins: PluginArguments

    func validate() throws {
        if top < 0 { throw ValidationError("--top must be at least 0, but \(top) was given.") }
        try ConfigurationOptions.expectFile(configuration)
    }

    func run() throws {
        let chosen = try load()
        let interruption = Interruption()
        let context = FitContext(
            seed: UInt64(chosen.seed),
            execution: Execution(threads: chosen.threads, cancellation: interruption.cancellation))
        let start = ContinuousClock.now
        let result = try ImageRun(chosen, context: context)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        for (path, reason) in result.exclusions { StandardError.write("\(path): left out of the fit: \(reason)\n") }
        for outcome in result.outcomes {
            if let reason = outcome.exclusion { StandardError.write("\(outcome.item.path): not scored: \(reason)\n") }
        }
        let evaluation = try result.evaluation()
        let pixels = try result.pixelMeasures()
        var measures: [(name: String, value: Double)] = []
        if let evaluation {
            measures.append(("roc-auc", try ROCAUC().value(of: evaluation).number ?? .nan))
            measures.append(("average-precision", try AveragePrecision().value(of: evaluation).number ?? .nan))
        }
        if let pixels {
            measures.append(("pixel-roc-auc", pixels.rocAUC))
            measures.append(("region-overlap", pixels.regionOverlap))
        }
        let highest = result.outcomes.filter { $0.score != nil }
            .sorted { ($0.score ?? 0) > ($1.score ?? 0) }.prefix(top)
        if json {
            let rows = highest.map { outcome -> Value in
                .object([
                    Value.Entry("path", .string(outcome.item.path)),
                    Value.Entry("score", .number(outcome.score ?? 0)),
                    Value.Entry("kind", outcome.item.kind.map(Value.string) ?? .null),
                ])
            }
            let value = Value.object([
                Value.Entry("trainingPictures", .integer(result.trainingCount)),
                Value.Entry("pictures", .integer(result.outcomes.count)),
                Value.Entry("notScored", .integer(result.outcomes.count { $0.score == nil })),
                Value.Entry("model", .string(result.headline)),
                Value.Entry("seconds", .number(seconds)),
                Value.Entry("metrics", .object(measures.map { Value.Entry($0.name, .number($0.value)) })),
                Value.Entry("top", .array(rows)),
            ])
            StandardOutput.write(value.json(indentation: 2) + "\n")
        } else {
            var text = "\(result.trainingCount) pictures learnt from, \(result.outcomes.count) scored"
            text += String(format: ", %.1f s\n", seconds) + result.headline + "\n\n"
            for (name, value) in measures {
                text += name.padding(toLength: 20, withPad: " ", startingAt: 0) + String(format: "%.4f\n", value)
            }
            if !measures.isEmpty { text += "\n" }
            for outcome in highest {
                text += String(format: "%10.4f  ", outcome.score ?? 0) + outcome.item.path + "\n"
            }
            StandardOutput.write(text)
        }
        try write(result, chosen.output)
    }

    private func load() throws -> ImageRunConfiguration {
        var registry = try plugins.registry()
        try registry.register(VisionPlugin.self)
        var value = try ConfigurationFile.value(of: configuration)
        let folder = URL(fileURLWithPath: configuration).deletingLastPathComponent()
        for path in [
            ["data", "images"], ["data", "test"], ["encode", "network"], ["output", "scores"], ["output", "maps"],
        ] {
            guard let text = value[path[0]]?[path[1]]?.string, !text.hasPrefix("/") else { continue }
            try ConfigurationOverride(path: path, value: .string(folder.appendingPathComponent(text).path)).apply(
                to: &value)
        }
        for change in set { try ConfigurationOverride(change).apply(to: &value) }
        do {
            let chosen = try ImageRunConfiguration(parameters: value, registry: registry)
            try chosen.validate()
            return chosen
        } catch var error as OutlierError {
            error.location = error.location ?? .init(file: configuration)
            if !error.path.isEmpty { error.message = "\(error.path.joined(separator: ".")): \(error.message)" }
            throw error
        }
    }

    private func write(_ result: ImageRun, _ output: ImageOutput) throws {
        if let path = output.scores {
            try OutputFolder.prepare(for: path)
            let file = try AtomicFile(path: path)
            try file.write("path,score,kind,reason\n")
            for outcome in result.outcomes {
                let fields = [
                    outcome.item.path, outcome.score.map { "\($0)" } ?? "", outcome.item.kind ?? "",
                    outcome.exclusion ?? "",
                ]
                try file.write(fields.map(Self.field).joined(separator: ",") + "\n")
            }
            try file.commit()
            StandardError.write("wrote \(path)\n")
        }
        if let folder = output.maps {
            let levels = result.outcomes.compactMap(\.map).flatMap { $0.values.lazy.filter(\.isFinite) }.sorted()
            guard let low = levels.first else {
                StandardError.write("no maps are written: the detector sees whole pictures, not places in them\n")
                return
            }
            let high = levels[min(levels.count - 1, Int(Double(levels.count) * 0.999))]
            for outcome in result.outcomes {
                guard let map = outcome.map else { continue }
                let url = URL(fileURLWithPath: outcome.item.path).deletingPathExtension()
                let name = (outcome.item.kind.map { $0 + "/" } ?? "") + url.lastPathComponent
                let base = folder + "/" + name
                try OutputFolder.prepare(for: base + ".png")
                let image = try RasterImage(contentsOf: outcome.item.path)
                try ImageWriter.writePNG(map.overlay(on: image, low: low, high: high), to: base + ".png")
                try ImageWriter.writeNPY(map.values, shape: [map.height, map.width], to: base + ".npy")
            }
            StandardError.write("wrote \(folder)\n")
        }
    }

    /// A field of a CSV file.
    private static func field(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
        return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }
}
