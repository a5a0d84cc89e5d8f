import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import PluginHost
import Testing

@Suite struct ManifestDetectorTests {
    /// The same z-score, scored by functions of every shape.
    private static let ways = """
        detectors:
          c-z-score:
            summary: The largest deviation from the means.
            thread-safe: true
        \(zscoreFit)    score:
              symbol: zscore_score
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: const double *, is: state}
                - {type: double *, is: scores}
              returns: {type: int, is: status, ok: [0, 1]}
          by-row:
            thread-safe: true
        \(zscoreFit)    score:
              symbol: zscore_row
              each: row
              arguments:
                - {type: const double *, is: row}
                - {type: size_t, is: columns}
                - {type: const double *, is: state}
              returns: {type: double, is: score}
          by-row-out:
        \(zscoreFit)    score:
              symbol: zscore_row_out
              each: row
              arguments:
                - {type: double *, is: row}
                - {type: int, is: columns}
                - {type: double *, is: state}
                - {type: double *, is: score}
          returned:
        \(zscoreFit)    score:
              symbol: zscore_returned
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: const double *, is: state}
              returns: {type: double *, is: scores, free: free}
          fortran:
        \(zscoreFit)    score:
              symbol: zscore_fortran_
              arguments:
                - {type: const float *, is: matrix, order: column-major}
                - {type: const int32_t *, is: rows}
                - {type: const int32_t *, is: columns}
                - {type: const double *, is: state}
                - {type: float *, is: scores}
                - {type: int32_t *, is: status}
          structs:
        \(zscoreFit)    score:
              symbol: zscore_structs
              arguments:
                - struct:
                    - {type: const double *, is: matrix, name: data}
                    - {type: uint32_t, is: rows}
                    - {type: uint16_t, is: columns}
                - struct:
                    - {type: double, constant: 1}
                    - {type: const double *, is: state}
                    - {type: char, constant: 122}
                  by: address
                - {type: double *, is: scores}

        """

    private func scores(_ name: String, _ registry: Registry, _ data: Dataset) throws -> [Double] {
        let model: any FittedDetector = try registry.detector(name).fit(data)
        return try model.scores(of: data).values
    }

    @Test func agreesWithTheBuiltInZScoreInEveryShape() throws {
        let registry = try TestLibrary.registry(Self.ways)
        let data = try TestLibrary.table()
        let expected = try ZScore().fit(data).scores(of: data).values
        for name in ["c-z-score", "by-row", "by-row-out", "returned", "fortran", "structs"] {
            let tolerance = name == "fortran" ? 1e-4 : 1e-9
            let scores = try scores(name, registry, data)
            #expect(zip(scores, expected).allSatisfy { abs($0 - $1) <= tolerance }, "\(name)")
        }
    }

    @Test func keepsThePromisesOfDetectors() throws {
        var registry = try TestLibrary.registry(Self.ways)
        try registry.register(ZScore.self, plugin: "Tests")
        for name in ["c-z-score", "by-row", "by-row-out"] {
            let failures = DetectorConformance.check(try registry.detector(name), registry: registry)
            #expect(failures.isEmpty, "\(name): \(failures)")
        }
    }

    @Test func modelsNameThePluginAndItsVersion() throws {
        let registry = try TestLibrary.registry(Self.ways)
        let pipeline = try Pipeline(detector: registry.detector("c-z-score")).fit(TestLibrary.table())
        let path = TestLibrary.folder.appendingPathComponent("z.outlier").path
        try pipeline.save(to: path)
        var bare = Registry()
        try bare.register(CorePlugin.self)
        let missing = error { _ = try FittedPipeline(contentsOf: path, registry: bare) }
        #expect(missing?.code == .unknownName)
        #expect(missing?.message.contains("“tests” 1.2.3") == true)
        // A manifest whose state is of another size does not take the model.
        let other = try TestLibrary.registry(
            Self.ways.replacingOccurrences(of: "2 * columns", with: "2 * columns + 1"))
        #expect(error { _ = try FittedPipeline(contentsOf: path, registry: other) }?.code == .invalidModel)
    }

    private static let opaque = """
        detectors:
          opaque:
            state:
              pointer:
                free: opaque_free
                size: {symbol: opaque_size, arguments: [{type: void *, is: state}], returns: {type: size_t, is: byte-count}}
                save: {symbol: opaque_save, arguments: [{type: void *, is: state}, {type: void *, is: bytes}]}
                load:
                  symbol: opaque_load
                  arguments: [{type: const void *, is: bytes}, {type: size_t, is: byte-count}]
                  returns: {type: void *, is: state}
            fit:
              symbol: opaque_fit
              arguments:
                [{type: const double *, is: matrix}, {type: size_t, is: rows}, {type: size_t, is: columns}]
              returns: {type: void *, is: state}
            score: &score
              symbol: opaque_score
              each: row
              arguments: [{type: void *, is: state}, {type: const double *, is: row}]
              returns: {type: double, is: score}
            columns: 4
          fleeting:
            columns: 4
            state: {pointer: {free: opaque_free}}
            fit:
              symbol: opaque_fit_out
              arguments:
                - {type: void **, is: state}
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
              returns: {type: int, is: status, ok: 1}
            score: *score
          live:
            score:
              symbol: opaque_live
              each: row
              arguments: [{type: const double *, is: row}, {type: size_t, is: columns}]
              returns: {type: double, is: score}

        """

    @Test func aStateBehindAPointerIsSavedLoadedAndFreed() throws {
        let registry = try TestLibrary.registry(Self.opaque)
        let data = try TestLibrary.table()
        func live() throws -> Double { try scores("live", registry, data.rows(0..<1))[0] }
        #expect(try live() == 0)
        let path = TestLibrary.folder.appendingPathComponent("opaque.outlier").path
        func run() throws {
            let model = try Pipeline(detector: registry.detector("opaque")).fit(data)
            let expected = try model.scores(of: data).values
            #expect(expected.max() ?? 0 > 5)
            try model.save(to: path)
            let loaded = try FittedPipeline(contentsOf: path, registry: registry)
            #expect(try loaded.scores(of: data).values == expected)
            #expect(try live() == 2)
            #expect(try scores("fleeting", registry, data) == expected)
        }
        try run()
        #expect(try live() == 0)
        let fleeting = try Pipeline(detector: registry.detector("fleeting")).fit(data)
        let refused = error { try fleeting.save(to: path) }
        #expect(refused?.code == .outputFailed)
        #expect(refused?.message.contains("“fleeting” cannot be saved") == true)
        #expect(
            error { _ = try registry.detector("opaque").fit(data.selectingColumns([0, 1])) }?.code == .shapeMismatch)
    }

    @Test func passesEveryType() throws {
        let registry = try TestLibrary.registry(
            """
            detectors:
              types:
                score:
                  symbol: types
                  each: row
                  arguments:
                    - {type: const double *, is: row}
                    - {type: size_t, is: columns}
                    - {type: int8_t, constant: -100}
                    - {type: unsigned char, constant: 200}
                    - {type: short, constant: -30000}
                    - {type: uint16_t, constant: 60000}
                    - {type: int, constant: -2000000000}
                    - {type: unsigned, constant: 4000000000}
                    - {type: int64_t, constant: -9000000000000000000}
                    - {type: unsigned long long int, constant: 9000000000000000000}
                    - {type: float, constant: 1.5}
                    - {type: double, constant: 2.25}
                    - {type: bool, constant: true}
                    - {type: string, constant: häßlich}
                    - {type: void *, constant: null}
                    - {type: const int16_t *, constant: 321}
                    - {type: long long, constant: -7}
                    - {type: short unsigned int, constant: 8}
                    - {type: char, constant: 9}
                  returns: {type: double, is: score}

            """)
        let data = try TestLibrary.table()
        #expect(try scores("types", registry, data) == data.matrix.column(0))
    }

    @Test func passesParameters() throws {
        let registry = try TestLibrary.registry(
            """
            detectors:
              powers:
                parameters:
                  factor: {type: number, default: 1, above: 0, summary: A factor.}
                  power: {type: integer, default: 1, minimum: 0, maximum: 9}
                  mode: {type: choice, choices: [slow, fast], default: fast}
                  level: {type: choice, choices: {none: 0, some: 3}, default: some}
                  flag: {type: boolean, default: true}
                  rate: {type: number, default: 0.5}
                score:
                  symbol: parameters
                  each: row
                  arguments:
                    - {type: const double *, is: row}
                    - {type: double, parameter: factor}
                    - {type: int, parameter: power}
                    - {type: const char *, parameter: mode}
                    - {type: int, parameter: level}
                    - {type: bool, parameter: flag}
                    - {type: float, parameter: rate}
                  returns: {type: double, is: score}
                columns: 4

            """)
        let data = try TestLibrary.table()
        let first = data.matrix.column(0)
        #expect(try scores("powers", registry, data) == first.map { $0 + 300 })
        let detector = try registry.detector("powers", parameters: ["factor": 2, "power": 2, "level": "none"])
        let model: any FittedDetector = try detector.fit(data)
        #expect(try model.scores(of: data).values == first.map { 2 * $0 * $0 })
        #expect(detector.recipe.parameters["mode"] == "fast")
        #expect(error { _ = try registry.detector("powers", parameters: ["power": 10]) }?.code == .invalidParameter)
        #expect(
            error { _ = try registry.detector("powers", parameters: ["pwoer": 1]) }?.suggestion
                == "Did you mean “power”?")
        let description = try registry.describe(.detector, "powers")
        #expect(description.plugin == "tests" && description.parameters.count == 6)
    }

    @Test func seedsAreCutToTheirTypes() throws {
        let registry = try TestLibrary.registry(
            """
            detectors:
              seeds:
                columns: 4
                anomalous: low
                score:
                  symbol: seeds
                  each: row
                  arguments:
                    - {type: const double *, is: row}
                    - {type: uint64_t, is: seed}
                    - {type: int, is: seed}
                    - {type: uint8_t, is: seed}
                  returns: {type: double, is: score}

            """)
        let data = try TestLibrary.table(rows: 2)
        let model: any FittedDetector = try registry.detector("seeds").fit(data, context: FitContext(seed: 257))
        #expect(try model.scores(of: data).values == [Double](repeating: -(257 + 257e6 + 1e12), count: 2))
    }

    @Test func aCallbackReportsProgressAndStopsTheLibrary() throws {
        let fit = """
              symbol: SYMBOL
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double *, is: state}

            """
        func body(_ symbol: String, _ tail: String) -> String {
            let indented = (fit.replacingOccurrences(of: "SYMBOL", with: symbol) + tail)
                .split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
            return """
                detectors:
                  slow:
                    state: {doubles: 2 * columns}
                    fit:
                \(indented)
                    score:
                      symbol: zscore_row
                      each: row
                      arguments:
                        [{type: const double *, is: row}, {type: size_t, is: columns}, {type: const double *, is: state}]
                      returns: {type: double, is: score}

                """
        }
        let data = try TestLibrary.table()
        final class Fractions: @unchecked Sendable {
            let lock = NSLock()
            var values: [Double] = []
            func add(_ value: Double) { lock.withLock { values.append(value) } }
        }
        let slow = try TestLibrary.registry(
            body(
                "slow_fit",
                "    - {callback: progress}\n    - {type: void *, is: user-data}\n  returns: {type: int, is: status, ok: [0, 77]}"
            ))
        let fractions = Fractions()
        _ = try slow.detector("slow").fit(data, context: FitContext(observer: { fractions.add($0.fraction) }))
        #expect(fractions.values == (1...10).map { Double($0) / 10 })
        // Cancelled from its own callback, it stops at once.
        let cancellation = Cancellation()
        let stopped = Fractions()
        let context = FitContext(
            execution: Execution(cancellation: cancellation),
            observer: { progress in
                stopped.add(progress.fraction)
                if progress.fraction > 0.25 { cancellation.cancel() }
            })
        #expect(throws: CancellationError.self) { _ = try slow.detector("slow").fit(data, context: context) }
        #expect(stopped.values.count == 3)

        let takes =
            "takes: [{type: void *, is: user-data}, {type: int, is: step}, {type: int, is: steps}], gives: void"
        let stepping = try TestLibrary.registry(
            body(
                "stepping_fit",
                "    - {callback: progress, \(takes)}\n    - {type: void *, is: user-data}\n  returns: {type: int, is: status}"
            ))
        let steps = Fractions()
        _ = try stepping.detector("slow").fit(data, context: FitContext(observer: { steps.add($0.fraction) }))
        #expect(steps.values == [0.25, 0.5, 0.75, 1])
        // A callback that is not the library's is found out by the user-data it gets.
        let wrong = takes.replacingOccurrences(
            of: "user-data}, {type: int, is: step}", with: "ignored}, {type: void *, is: user-data}")
        let misused = try TestLibrary.registry(
            body(
                "stepping_fit",
                "    - {callback: progress, \(wrong)}\n    - {type: void *, is: user-data}\n  returns: {type: int, is: status}"
            ))
        let failure = error { _ = try misused.detector("slow").fit(data) }
        #expect(failure?.code == .pluginFailed)
        #expect(failure?.message.contains("another user-data") == true)
    }
}
