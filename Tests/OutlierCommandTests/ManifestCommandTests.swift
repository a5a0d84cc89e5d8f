import Foundation
import Testing

/// A detector of a manifest by the command: one line of a configuration swaps it for a built-in one.
@Suite struct ManifestCommandTests {
    private static let manifest = """
        plugin: deviations
        version: 2.1.0
        library: library.so
        detectors:
          c-z-score:
            thread-safe: true
            state: {doubles: 2 * columns}
            fit:
              symbol: zscore_fit
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double *, is: state}
              returns: {type: int, is: status}
            score:
              symbol: zscore_row
              each: row
              arguments:
                - {type: const double *, is: row}
                - {type: size_t, is: columns}
                - {type: const double *, is: state}
              returns: {type: double, is: score}

        """

    private func prepare(_ runner: borrowing CommandRunner) throws {
        let source = CommandRunner.examples.deletingLastPathComponent()
            .appendingPathComponent("Tests/Fixtures/Manifests/library.c").path
        let folder = runner.folder.appendingPathComponent("plugins")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "clang", "-O2", "-shared", "-fPIC", "-o", folder.appendingPathComponent("library.so").path, source, "-lm",
        ]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        try runner.write(Self.manifest, to: "plugins/deviations.yaml")
        try runner.write(smallTable, to: "table.csv")
        for detector in ["c-z-score", "z-score"] {
            try runner.write(
                """
                plugins: [plugins/deviations.yaml]
                data: {source: table.csv, label: outlier, identifier: id}
                detector: \(detector)
                output: {scores: \(detector).csv, model: \(detector).outlier}
                """, to: "\(detector).yaml")
        }
    }

    private func scores(_ text: String) -> [Double] {
        text.split(separator: "\n").dropFirst().compactMap {
            $0.split(separator: ",").dropFirst().first.flatMap { Double($0) }
        }
    }

    @Test func oneLineSwapsIt() throws {
        let runner = try CommandRunner()
        try prepare(runner)
        for detector in ["c-z-score", "z-score"] {
            let result = try runner.run("run", "\(detector).yaml")
            try #require(result.status == 0, "\(result.errors)")
        }
        let foreign = scores(try runner.read("c-z-score.csv"))
        let builtIn = scores(try runner.read("z-score.csv"))
        #expect(foreign.count == 41 && zip(foreign, builtIn).allSatisfy { abs($0 - $1) <= 1e-9 })
        let isolated = try runner.run(
            "run", "c-z-score.yaml", "--set", "plugins=[{file: plugins/deviations.yaml, isolated: true}]", "--set",
            "output.scores=isolated.csv")
        try #require(isolated.status == 0, "\(isolated.errors)")
        #expect(scores(try runner.read("isolated.csv")) == foreign)

        let without = try runner.run("score", "c-z-score.outlier", "table.csv")
        #expect(without.status == 65 && without.errors.contains("“deviations” 2.1.0"), "\(without.errors)")
        let with = try runner.run("score", "c-z-score.outlier", "table.csv", "--plugin", "plugins/deviations.yaml")
        #expect(with.status == 0 && scores(with.output) == foreign, "\(with.errors)")
    }

    @Test func errorsLeadToTheLineOfTheManifest() throws {
        let runner = try CommandRunner()
        try prepare(runner)
        try runner.write(
            Self.manifest.replacingOccurrences(of: "zscore_row", with: "zscore_rows"), to: "plugins/deviations.yaml")
        let result = try runner.run("run", "c-z-score.yaml")
        #expect(result.status == 65)
        #expect(result.errors.contains("plugins/deviations.yaml:17:"), "\(result.errors)")
        #expect(result.errors.contains("has no symbol “zscore_rows”"))
    }
}
