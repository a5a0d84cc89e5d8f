// Reads a table and prints the seconds it took: one side of python/pandas_csv.py.
//
//     swift run -c release CSVSpeed TABLE.csv REPEATS
//
// Prints the least seconds, the number of rows and columns, and the sum of all values.

import Foundation
import OutlierCore
import OutlierData

let arguments = CommandLine.arguments
guard arguments.count == 3, let repeats = Int(arguments[2]), repeats > 0 else {
    print("usage: CSVSpeed TABLE.csv REPEATS")
    exit(64)
}
var least = Double.infinity
var result = ""
for _ in 0..<repeats {
    let start = DispatchTime.now().uptimeNanoseconds
    let table = try Table(contentsOf: arguments[1], execution: Execution(threads: 2))
    least = min(least, Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9)
    let sum = table.rows.matrix.withUnsafeBufferPointer { $0.reduce(0, +) }
    result = "\(table.rows.rowCount) \(table.rows.columnCount) \(sum)"
}
print(least, result)
