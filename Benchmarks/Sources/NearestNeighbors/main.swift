// The neighbours of every row of a table of normal numbers: `knn` (fit and scores, exact in double precision) against
// faiss's flat index (single precision), each with the same number of threads, in turns.
//
//     swift run -c release NearestNeighbors [ROWS] [COLUMNS] [NEIGHBOURS] [THREADS] [--clusters] [--alone]
//
// Needs Debian's python3-faiss and OPENBLAS_NUM_THREADS unset; `--alone` runs without it. Run it from this folder.

import Foundation
import OutlierCore
import OutlierNeighbors

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
func argument(_ position: Int, _ standard: Int) -> Int { position < numbers.count ? numbers[position] : standard }
let (rows, columns) = (argument(0, 100_000), argument(1, 32))
let (neighbors, threads) = (argument(2, 5), argument(3, 2))
let isClustered = CommandLine.arguments.contains("--clusters")
let isAlone = CommandLine.arguments.contains("--alone")

var random = RandomSource(seed: 1)
let centers = (0..<20 * columns).map { _ in 6 * random.normal() }
let matrix = Matrix(rowCount: rows, columnCount: columns) { values in
    for index in values.indices {
        let center = isClustered ? centers[index / columns % 20 * columns + index % columns] : 0
        values.initializeElement(at: index, to: center + random.normal())
    }
}

func ours() throws -> (seconds: Double, sum: Double) {
    let start = Date()
    let scores = try KNearestNeighbors(neighbors: neighbors).fitAndScore(
        Dataset(matrix), context: FitContext(execution: Execution(threads: threads))
    ).scores.values
    return (Date().timeIntervalSince(start), scores.reduce(0, +))
}

func faiss(_ path: String) throws -> (seconds: Double, sum: Double) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments =
        ["python/faiss_knn.py", path] + [rows, columns, neighbors, threads].map(String.init)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let parts = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard process.terminationStatus == 0, parts.count == 2 else {
        print("faiss_knn.py failed; is python3-faiss there?")
        exit(1)
    }
    return (parts[0], parts[1])
}

print("\(rows) × \(columns), \(neighbors) neighbours, \(threads) threads, \(isClustered ? "clusters" : "one cluster")")
let path = FileManager.default.temporaryDirectory.appendingPathComponent("neighbours-\(UUID().uuidString).f64").path
defer { try? FileManager.default.removeItem(atPath: path) }
if !isAlone {
    try matrix.values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
}
var best = (ours: Double.infinity, faiss: Double.infinity)
for round in 1...3 {
    let mine = try ours()
    best.ours = min(best.ours, mine.seconds)
    var line = String(format: "round %d: knn %.2f s (sum %.3f)", round, mine.seconds, mine.sum)
    if !isAlone {
        let theirs = try faiss(path)
        best.faiss = min(best.faiss, theirs.seconds)
        line += String(format: ", faiss %.2f s (sum %.3f)", theirs.seconds, theirs.sum)
    }
    print(line)
}
if !isAlone {
    print(
        String(format: "best: knn %.2f s, faiss %.2f s, %.2f× its speed", best.ours, best.faiss, best.faiss / best.ours)
    )
}
