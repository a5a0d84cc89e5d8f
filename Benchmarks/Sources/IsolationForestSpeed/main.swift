// Fits an isolation forest and scores all rows, and lets isotree do the same: seconds of both, and their ratio.
//
//     swift run -c release IsolationForestSpeed [--python PYTHON] [--rows N] [--columns N] [--threads N] [--repeats N]
//                                               [--alone]
//
// PYTHON has isotree and numpy (pip install isotree==0.6.1). Both sides get the same table of normal numbers, the same
// number of trees and rows a tree, and as many threads. The best of the repeats counts on both sides; isotree's best is taken
// over tables that lie row by row and column by column. `--alone` times this side alone.

import Foundation
import Outlier

struct Settings {
    var python = "python3"
    var rows = 1_000_000
    var columns = 10
    var threads = 2
    var repeats = 5
    var alone = false

    init(_ arguments: [String]) {
        func value(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        }
        python = value("--python") ?? python
        rows = value("--rows").flatMap(Int.init) ?? rows
        columns = value("--columns").flatMap(Int.init) ?? columns
        threads = value("--threads").flatMap(Int.init) ?? threads
        repeats = value("--repeats").flatMap(Int.init) ?? repeats
        alone = arguments.contains("--alone")
    }
}

struct Timing {
    var fit: Double
    var score: Double
    var total: Double { fit + score }

    var words: String {
        String(format: "%7.3f s   (fit %.3f, score %.3f)", total, fit, score)
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(body) / .seconds(1)
}

func ours(_ detector: IsolationForest, _ data: Dataset, _ settings: Settings) throws -> Timing {
    let execution = Execution(threads: settings.threads)
    let timings = try (0..<settings.repeats).map { seed in
        let start = ContinuousClock.now
        let model = try detector.fit(data, context: FitContext(seed: UInt64(seed), execution: execution))
        let fitted = ContinuousClock.now
        let scores = try model.scores(of: data, execution: execution).values
        let end = ContinuousClock.now
        precondition(scores.count == data.rowCount)
        return Timing(fit: (fitted - start) / .seconds(1), score: (end - fitted) / .seconds(1))
    }
    return timings.min { $0.total < $1.total } ?? Timing(fit: .nan, score: .nan)
}

func isotree(_ table: String, _ settings: Settings, trees: Int, options: [String]) throws -> Timing {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("python/isotree_forest.py").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
        [settings.python, script, table, "\(settings.rows)", "\(settings.columns)", "--trees", "\(trees)"]
        + ["--threads", "\(settings.threads)", "--repeats", "\(settings.repeats)"] + options
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let timings = output.split(separator: UInt8(ascii: "\n")).compactMap { line -> Timing? in
        guard let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any],
            let fit = object["fit"] as? Double, let score = object["score"] as? Double
        else { return nil }
        return Timing(fit: fit, score: score)
    }
    guard let best = timings.min(by: { $0.total < $1.total }) else {
        print("isotree gave no times: does “\(settings.python)” have isotree and numpy?")
        exit(1)
    }
    return best
}

let settings = Settings(CommandLine.arguments)
var random = RandomSource(seed: 1)
let matrix = Matrix(rowCount: settings.rows, columnCount: settings.columns) { values in
    for index in values.indices { values.initializeElement(at: index, to: random.normal()) }
}
let data = Dataset(matrix)
print(
    "\(settings.rows) rows × \(settings.columns) columns, \(settings.threads) threads, fit and score, best of repeats")
if settings.alone {
    print("Outlier              \(try ours(IsolationForest(), data, settings).words)")
    exit(0)
}

let table = FileManager.default.temporaryDirectory.appendingPathComponent("isolation-forest-\(getpid()).f64")
defer { try? FileManager.default.removeItem(at: table) }
try matrix.withUnsafeBufferPointer { try Data(buffer: $0).write(to: table) }

print("\n100 trees of 256 rows, cuts along one axis")
let detector = IsolationForest()
let mine = try ours(detector, data, settings)
print("  Outlier              \(mine.words)")
let rowWise = try isotree(table.path, settings, trees: detector.trees, options: [])
print("  isotree, row-major   \(rowWise.words)")
let columnWise = try isotree(table.path, settings, trees: detector.trees, options: ["--order", "F"])
print("  isotree, column-major\(columnWise.words)")
print(String(format: "  ratio %.1f×", min(rowWise.total, columnWise.total) / mine.total))
