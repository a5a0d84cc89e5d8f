// What `auto` finds on labelled tables, against each single detector with its defaults.
//
//     swift run -c release --package-path Benchmarks AutomaticQuality DIRECTORY [--labels N] [--seeds N] [--skip A,B]
//                                                                     [--only A,B] [--auto JSON]
//
// DIRECTORY holds .npz tables with X and y. Every column is z-scored over the whole table. Without --labels, fits see no
// labels, and all rows are evaluated. With --labels, a fit knows N random anomalies (half of them where there are fewer
// than 2·N) and nothing else, and the other rows are evaluated. Figures are means over seeds.

import Foundation
import Outlier
import OutlierData

var arguments = Array(CommandLine.arguments.dropFirst())
@MainActor func option(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    let value = arguments[place + 1]
    arguments.removeSubrange(place...place + 1)
    return value
}
func names(_ text: String?) -> [String] { (text ?? "").split(separator: ",").map(String.init) }

let labelCount = Int(option("--labels") ?? "") ?? 0
let seeds = Int(option("--seeds") ?? "") ?? 1
let skipped = names(option("--skip"))
let only = names(option("--only"))
let rowLimit = Int(option("--rows") ?? "") ?? Int.max
let parameters = try Value(json: option("--auto") ?? "{}")
guard let folder = arguments.first else {
    print("usage: AutomaticQuality DIRECTORY [--labels N] [--seeds N] [--skip A,B] [--only A,B] [--auto JSON]")
    exit(64)
}

struct Case {
    var data: Dataset
    var truth: [Bool]
}

func area(_ scores: [Double], _ truth: [Bool], _ rows: [Int]) throws -> Double {
    try ROCAUC().number(of: Evaluation(scores: rows.map { scores[$0] }, truth: rows.map { truth[$0] }))
}

func scores(_ detector: some Detector, _ data: Dataset, seed: Int) throws -> [Double] {
    try detector.fitAndScore(data, context: FitContext(seed: UInt64(seed))).scores.values
}

let chosen =
    only.isEmpty
    ? Registry.standard.descriptions(of: .detector).filter { description in
        !description.capabilities.contains(.labelLearning)
            && !description.parameters.contains {
                $0.kind == .component(.detector) || $0.name == "members" || $0.name == "base"
            }
            && !skipped.contains(description.name)
    }.map(\.name) + ["auto"] : only
var sums: [String: [Double]] = [:]
var seconds: [String: Double] = [:]
let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".npz") }.sorted()
print((["table", "rows"] + chosen).joined(separator: "\t"))
for file in files {
    let table = try Table(contentsOf: folder + "/" + file, options: ReadOptions(label: "y"))
    guard let everyTruth = table.truth?.complete else { continue }
    var order = Array(everyTruth.indices)
    if order.count > rowLimit {
        var random = RandomSource(seed: 0)
        order = random.sample(rowLimit, below: order.count).sorted()
    }
    let truth = order.map { everyTruth[$0] }
    let part = table.rows.selectingRows(order)
    let data = try StandardScaler().fit(part).transform(part)
    var line = [String(file.dropLast(4)), String(data.rowCount)]
    for name in chosen {
        let detector = try Registry.standard.detector(name, parameters: name == "auto" ? parameters : .object([]))
        var areas: [Double] = []
        let start = Date()
        for seed in 0..<seeds {
            var random = RandomSource(seed: UInt64(seed), stream: 1)
            let anomalies = truth.indices.filter { truth[$0] }
            let count = min(labelCount, anomalies.count / 2)
            let known = Set(random.sample(count, below: anomalies.count).map { anomalies[$0] })
            let labels = truth.indices.map { known.contains($0) ? Label.anomaly : .unlabeled }
            let rest = truth.indices.filter { !known.contains($0) }
            do {
                let found = try scores(
                    detector, known.isEmpty ? data : data.replacing(labels: labels), seed: seed)
                areas.append(try area(found, truth, rest))
            } catch {
                print("\(file) \(name): \(error)")
            }
        }
        let mean = areas.reduce(0, +) / Double(areas.count)
        sums[name, default: []].append(mean)
        seconds[name, default: 0] += Date().timeIntervalSince(start) / Double(seeds)
        line.append(String(format: "%.4f", mean))
    }
    print(line.joined(separator: "\t"))
}
print("")
struct Entry {
    var name: String
    var mean: Double
    var count: Int
}
var ranking: [Entry] = []
for name in chosen {
    let areas: [Double] = (sums[name] ?? []).filter { !$0.isNaN }
    let sum: Double = areas.reduce(0, +)
    ranking.append(Entry(name: name, mean: sum / Double(max(1, areas.count)), count: areas.count))
}
ranking.sort { $0.mean > $1.mean }
for entry in ranking {
    print(
        String(
            format: "%.4f on %d tables, %.1f s  %@", entry.mean, entry.count, seconds[entry.name] ?? 0,
            entry.name as NSString))
}
