import Foundation
import OutlierCore
import Testing

/// Plug-ins by the command, with the library of `Examples/Plugins/C`.
@Suite struct PluginTests {
    /// Compiles the example into the runner's folder, under a name.
    private func compile(_ runner: borrowing CommandRunner, to name: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let root = CommandRunner.examples.deletingLastPathComponent().path
        let output = runner.folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: output.deletingLastPathComponent(), withIntermediateDirectories: true)
        process.arguments = [
            "clang", "-O2", "-shared", "-fPIC", "-I\(root)/Sources/COutlierPlugin/include", "-o", output.path,
            "\(root)/Examples/Plugins/C/z_score.c", "-lm",
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    private static let configuration = """
        plugins: [libz.so]
        data: {source: ../table.csv, label: outlier, identifier: id}
        detector: {c-z-score: {aggregation: mean}}
        output: {model: ../model.outlier}
        """

    @Test func configurationsNamePlugins() throws {
        let runner = try CommandRunner()
        try compile(runner, to: "deep/libz.so")
        try runner.write(smallTable, to: "table.csv")
        // Relative to the configuration, not to the current folder.
        try runner.write(Self.configuration, to: "deep/run.yaml")
        let result = try runner.run("run", "deep/run.yaml", "--json")
        try #require(result.status == 0, "\(result.errors)")
        #expect(try Value(json: result.output)["metrics"]?["roc-auc"]?.double == 1)
        // The built-in one gives the same metrics.
        let swapped = try runner.run(
            "run", "deep/run.yaml", "--json", "--detector", "z-score", "--set", "output={}")
        #expect(try Value(json: swapped.output)["metrics"]?["roc-auc"]?.double == 1)
        // Isolated, by a program that starts itself again.
        let isolated = try runner.run(
            "run", "deep/run.yaml", "--json", "--set", "plugins=[{file: deep/libz.so, isolated: true}]")
        try #require(isolated.status == 0, "\(isolated.errors)")
        #expect(try Value(json: isolated.output)["metrics"]?["roc-auc"]?.double == 1)

        let without = try runner.run("score", "model.outlier", "table.csv")
        #expect(without.status == 65)
        #expect(without.errors.contains("the detector “c-z-score” of the plug-in “z-score-in-c” 1.0.0"))
        #expect(without.errors.contains("--plugin PATH/libz.so"))
        let with = try runner.run("score", "model.outlier", "table.csv", "--plugin", "deep/libz.so")
        try #require(with.status == 0, "\(with.errors)")
        let apart = try runner.run(
            "score", "model.outlier", "table.csv", "--plugin", "deep/libz.so", "--isolate-plugins")
        #expect(apart.output == with.output)
        let comparison = try runner.run("compare", "deep/run.yaml", "--detectors", "c-z-score,z-score")
        #expect(comparison.status == 0 && comparison.output.contains("c-z-score"), "\(comparison.errors)")
    }

    @Test func badEntriesAreShownInTheirPlace() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        func error(_ plugins: String) throws -> String {
            try runner.write("plugins: \(plugins)\ndata: {source: table.csv}\ndetector: knn\n", to: "run.yaml")
            let result = try runner.run("run", "run.yaml")
            #expect(result.status == 65)
            return result.errors
        }
        #expect(try error("[nothing.so]").contains("nothing.so: there is no such file"))
        #expect(try error("[table.csv]").contains("neither a shared library nor a manifest"))
        #expect(try error("[{isolated: true}]").contains("run.yaml:1:11: plugin: the plug-in names no file"))
        #expect(try error("[{file: x.so, isolatd: true}]").contains("Did you mean “isolated”?"))
        // One file stands for a list of it.
        #expect(try error("x.so").contains("x.so: there is no such file"))
        #expect(try error("3").contains("must be a list"))
    }

    @Test func everyVerbTakesPlugins() throws {
        let runner = try CommandRunner()
        try compile(runner, to: "libz.so")
        for verb in [["list"], ["describe", "c-z-score"], ["schema"]] {
            let result = try runner.run(verb + ["--plugin", "libz.so"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("c-z-score"))
        }
        // Nothing is loaded that was not named.
        let unknown = try runner.run("describe", "c-z-score")
        #expect(unknown.status == 64)
        let folder = try runner.run(
            ["describe", "c-z-score"], environment: ["OUTLIER_PLUGIN_PATH": runner.folder.path])
        #expect(folder.status == 0 && folder.output.contains("z-score-in-c"), "\(folder.errors)")
        let relative = try runner.run(["list"], environment: ["OUTLIER_PLUGIN_PATH": "here"])
        #expect(relative.status == 65 && relative.errors.contains("must name absolute folders"))
    }

    @Test func checkSaysPassOrFail() throws {
        let runner = try CommandRunner()
        try compile(runner, to: "libz.so")
        let good = try runner.run("plugin", "check", "libz.so")
        #expect(good.status == 0, "\(good.output) \(good.errors)")
        #expect(good.output.contains("detector c-z-score") && good.output.contains("all 9 promises are kept"))
        let json = try Value(json: runner.run("plugin", "check", "libz.so", "--json", "--in-process").output)
        #expect(json["components"]?.array?.first?["points"]?.array?.count == 9)
        let none = try runner.run("plugin", "check", "nothing.so")
        #expect(none.status == 65 && none.errors.contains("there is no such file"))
    }

    @Test func newPluginsPass() throws {
        let runner = try CommandRunner()
        let made = try runner.run("plugin", "new", "my-detector", "--kind", "c")
        try #require(made.status == 0, "\(made.errors)")
        let folder = runner.folder.appendingPathComponent("my-detector").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "clang", "-shared", "-fPIC", "-o", "\(folder)/libmy_detector.so", "\(folder)/my_detector.c", "-lm",
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let check = try runner.run("plugin", "check", "my-detector/libmy_detector.so")
        #expect(check.status == 0, "\(check.output) \(check.errors)")
        let run = try runner.run("run", "my-detector/example.yaml", "--json")
        #expect(try Value(json: run.output)["metrics"]?["roc-auc"]?.double == 1, "\(run.errors)")

        let again = try runner.run("plugin", "new", "my-detector", "--kind", "c")
        #expect(again.status == 1 && again.errors.contains("nothing in it is overwritten"))
        let name = try runner.run("plugin", "new", "My_Detector", "--kind", "manifest")
        #expect(name.status == 64 && name.errors.contains("“my-detector”"))
        let header = try runner.run("plugin", "header")
        #expect(header.output == (try runner.read("my-detector/outlier_plugin.h")))
    }
}
