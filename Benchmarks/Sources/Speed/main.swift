// Fits a detector on a table, scores its rows, and prints the seconds: one side of python/pyod_speed.py.
//
//     swift run -c release Speed X.f64 ROWS COLUMNS DETECTOR[:JSON] REPEATS
//
// Prints the least seconds of fit with training scores plus scoring the same rows as new ones.

import Foundation
import Outlier

let arguments = CommandLine.arguments
guard arguments.count == 6, let rows = Int(arguments[2]), let columns = Int(arguments[3]),
    let repeats = Int(arguments[5])
else {
    print("usage: Speed X.f64 ROWS COLUMNS DETECTOR[:JSON] REPEATS")
    exit(64)
}
let bytes = try Data(contentsOf: URL(fileURLWithPath: arguments[1]))
let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
let data = Dataset(try Matrix(rowCount: rows, columnCount: columns, values: values))
let parts = arguments[4].split(separator: ":", maxSplits: 1).map(String.init)
let detector = try Registry.standard.detector(
    parts[0], parameters: parts.count > 1 ? Value(json: parts[1]) : .object([]))
let execution = Execution(threads: 2)
var least = Double.infinity
for _ in 0..<repeats {
    let start = DispatchTime.now().uptimeNanoseconds
    let fit = try detector.fitAndScore(data, context: FitContext(seed: 0, execution: execution))
    let (model, scores) = (fit.model, fit.scores.values)
    let again = try model.scores(of: data, execution: execution).values
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    precondition(scores.count == rows && again.count == rows)
    least = min(least, seconds)
}
print(least)
