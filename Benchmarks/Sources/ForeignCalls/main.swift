// What a call through a manifest costs, against the same function of the same library called directly from Swift.
//
//   swift run -c release --package-path Benchmarks ForeignCalls [ROWS [COLUMNS]]
import Foundation
import OutlierCore
import OutlierStatistical
import PluginHost

let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let rows = arguments.first ?? 1_000_000
let columns = arguments.dropFirst().first ?? 10
let repetitions = 9

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("foreign-calls-\(getpid())")
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(at: folder) }
let library = folder.appendingPathComponent("library.so").path
let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "../../../Tests/Fixtures/Manifests/library.c"
).standardizedFileURL.path
let compiler = Process()
compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
compiler.arguments = ["clang", "-O2", "-shared", "-fPIC", "-o", library, source, "-lm"]
try compiler.run()
compiler.waitUntilExit()

let fit = """
        state: {doubles: 2 * columns}
        fit:
          symbol: zscore_fit
          arguments:
            [{type: const double *, is: matrix}, {type: size_t, is: rows}, {type: size_t, is: columns}, {type: double *, is: state}]
          returns: {type: int, is: status}
    """
let manifest = """
    plugin: benchmark
    library: library.so
    detectors:
      whole-table:
        thread-safe: true
    \(fit)
        score:
          symbol: zscore_score
          arguments:
            - {type: const double *, is: matrix}
            - {type: size_t, is: rows}
            - {type: size_t, is: columns}
            - {type: const double *, is: state}
            - {type: double *, is: scores}
          returns: {type: int, is: status}
      one-row:
        thread-safe: true
    \(fit)
        score:
          symbol: zscore_row
          each: row
          arguments: [{type: const double *, is: row}, {type: size_t, is: columns}, {type: const double *, is: state}]
          returns: {type: double, is: score}

    """
let path = folder.appendingPathComponent("manifest.yaml").path
try Data(manifest.utf8).write(to: URL(fileURLWithPath: path))
var registry = Registry()
try registry.register(CorePlugin.self)
try registry.register(StatisticalPlugin.self)
try PluginLoader.load(path, into: &registry)

var random = RandomSource(seed: 1)
let data = Dataset(
    try Matrix(rowCount: rows, columnCount: columns, values: (0..<rows * columns).map { _ in random.normal() }))

typealias TableFunction =
    @convention(c) (
        UnsafePointer<Double>?, Int, Int, UnsafePointer<Double>?, UnsafeMutablePointer<Double>?
    ) -> Int32
typealias RowFunction = @convention(c) (UnsafePointer<Double>?, Int, UnsafePointer<Double>?) -> Double
let handle = dlopen(library, RTLD_NOW)
guard let tableSymbol = dlsym(handle, "zscore_score"), let rowSymbol = dlsym(handle, "zscore_row") else {
    fatalError("the library has no functions")
}
let table = unsafeBitCast(tableSymbol, to: TableFunction.self)
let row = unsafeBitCast(rowSymbol, to: RowFunction.self)
let state =
    (0..<columns).map { column in data.matrix.column(column).reduce(0, +) / Double(rows) }
    + [Double](repeating: 1, count: columns)

func directly(_ body: (UnsafePointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void) -> [Double] {
    data.matrix.withUnsafeBufferPointer { values in
        [Double](unsafeUninitializedCapacity: rows) { buffer, count in
            if let base = values.baseAddress { body(base, buffer) }
            count = rows
        }
    }
}

func tableDirectly() -> [Double] {
    directly { values, scores in _ = table(values, rows, columns, state, scores.baseAddress) }
}
func rowsDirectly() -> [Double] {
    state.withUnsafeBufferPointer { state in
        directly { values, scores in
            for index in 0..<rows { scores[index] = row(values + index * columns, columns, state.baseAddress) }
        }
    }
}

/// The best of some runs, in seconds; both sides of a comparison take turns.
func best(_ bodies: [() throws -> [Double]]) throws -> [Double] {
    var times = [Double](repeating: .infinity, count: bodies.count)
    for _ in 0..<repetitions {
        for (index, body) in bodies.enumerated() {
            let start = ContinuousClock.now
            let scores = try body()
            let elapsed = ContinuousClock.now - start
            guard scores.count == rows else { fatalError("not every row has a score") }
            times[index] = min(
                times[index], Double(elapsed.components.attoseconds) / 1e18 + Double(elapsed.components.seconds))
        }
    }
    return times
}

let oneThread = Execution(threads: 1)
let wholeTable: any FittedDetector = try registry.detector("whole-table").fit(data)
let oneRow: any FittedDetector = try registry.detector("one-row").fit(data)
let builtIn: any FittedDetector = try registry.detector("z-score").fit(data)
let times = try best([
    tableDirectly,
    { try wholeTable.scores(of: data, execution: oneThread).values },
    rowsDirectly,
    { try oneRow.scores(of: data, execution: oneThread).values },
    { try oneRow.scores(of: data, execution: Execution(threads: 2)).values },
    { try builtIn.scores(of: data, execution: oneThread).values },
])
func milliseconds(_ seconds: Double) -> String { String(format: "%8.2f ms", seconds * 1e3) }
print("\(rows) rows × \(columns) columns, best of \(repetitions), one thread unless said")
print("whole table, called from Swift   \(milliseconds(times[0]))")
print(
    "whole table, by the manifest     \(milliseconds(times[1]))   ratio \(String(format: "%.2f", times[1] / times[0]))")
print("row by row, called from Swift    \(milliseconds(times[2]))")
print(
    "row by row, by the manifest      \(milliseconds(times[3]))   \(String(format: "%.1f", (times[3] - times[2]) / Double(rows) * 1e9)) ns a row above it"
)
print("row by row, two threads          \(milliseconds(times[4]))")
print("the built-in z-score             \(milliseconds(times[5]))")
