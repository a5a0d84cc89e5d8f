// Measures detectors of series by the protocol of TSB-AD (Liu & Paparrizos, 2024), or by that of the UCR anomaly archive.
//
//     swift run -c release SeriesQuality FOLDER DETECTOR[:JSON] …  [--published FILE] [--ucr] [--files]
//
// FOLDER holds series as CSV, gzipped or not: values and a column `label`; `tr_N` in a name: the first N rows are for
// training. A detector that begins with `+` is fitted on these alone, as TSB-AD does with its semi-supervised methods; any
// other one on the whole series, without labels. All rows are scored. The metric is VUS-PR with the period of the first
// column as the longest buffer; with --ucr, whether the highest score lies within 100 points of the anomaly.
// Prints the means over all files, those at odd places of the sorted list and those at even ones, beside the published means
// of --published (a CSV with a column `file`) over the same files. Parameters are to be chosen on the odd ones.

import Foundation
import Outlier
import OutlierData

var arguments = Array(CommandLine.arguments.dropFirst())
func flag(_ name: String) -> Bool {
    guard let place = arguments.firstIndex(of: name) else { return false }
    arguments.remove(at: place)
    return true
}
func option(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    let value = arguments[place + 1]
    arguments.removeSubrange(place...place + 1)
    return value
}
let usesHighestPoint = flag("--ucr")
let showsFiles = flag("--files")
let publishedPath = option("--published")
guard let folder = arguments.first, arguments.count > 1 else {
    print("usage: SeriesQuality FOLDER DETECTOR[:JSON] … [--published FILE] [--ucr] [--files]")
    exit(64)
}

func fitAndScore(_ detector: some Detector, _ data: Dataset, training: Int?) throws -> [Double] {
    if let training { return try Array(detector.fit(data.rows(0..<training)).scores(of: data)) }
    return try Array(detector.fitAndScore(data).scores)
}

func mean(_ values: [Double]) -> String {
    let known = values.filter { !$0.isNaN }
    return known.isEmpty ? "  -  " : String(format: "%.4f", known.reduce(0, +) / Double(known.count))
}

let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".csv") }.sorted()
let tables = try names.map { name in
    let table = try Table(contentsOf: "\(folder)/\(name)", options: ReadOptions(label: "label"))
    let training = name.components(separatedBy: "_tr_").last.flatMap { Int($0.prefix { $0.isNumber }) }
    return (rows: table.rows, truth: table.truth?.complete ?? [], training: training ?? table.rows.rowCount)
}
let odd = names.indices.filter { $0.isMultiple(of: 2) }
let even = names.indices.filter { !$0.isMultiple(of: 2) }
func row(_ name: String, _ values: [Double], seconds: Double? = nil) {
    let time = seconds.map { String(format: "%8.1f s", $0) } ?? ""
    let parts = [values, odd.map { values[$0] }, even.map { values[$0] }].map(mean)
    print("\(name.padding(toLength: 44, withPad: " ", startingAt: 0)) \(parts.joined(separator: "  "))\(time)")
}
print("\(names.count) files".padding(toLength: 44, withPad: " ", startingAt: 0), "all     odd     even")
for argument in arguments.dropFirst() {
    let isSemisupervised = argument.hasPrefix("+")
    let parts = (isSemisupervised ? String(argument.dropFirst()) : argument).split(separator: ":", maxSplits: 1)
    let parameters = parts.count > 1 ? try Value(json: Data(parts[1].utf8)) : .object([])
    let detector = try Registry.standard.detector(String(parts[0]), parameters: parameters)
    let start = Date()
    var values: [Double] = []
    for (name, table) in zip(names, tables) {
        do {
            let scores = try fitAndScore(detector, table.rows, training: isSemisupervised ? table.training : nil)
            let metric: any Metric =
                usesHighestPoint ? UCRAccuracy() : VUSPR(buffer: Period.find(in: table.rows.matrix.column(0)))
            values.append(try metric.value(of: Evaluation(scores: scores, truth: table.truth)).number ?? .nan)
        } catch {
            print("\(argument), \(name): \(error)")
            values.append(.nan)
        }
        if showsFiles, let value = values.last { print("  \(name) \(value)") }
    }
    row(argument, values, seconds: Date().timeIntervalSince(start))
}
if let publishedPath {
    let lines = try String(contentsOfFile: publishedPath, encoding: .utf8).split(separator: "\n")
    let header = lines[0].split(separator: ",").map(String.init)
    var byFile: [String: [String]] = [:]
    for line in lines.dropFirst() {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        byFile[cells[0]] = cells
    }
    for (column, name) in header.enumerated().dropFirst() where name != "ts_len" {
        if name == "anomaly_len" { break }
        row(
            "published \(name)",
            names.map { file in
                let key = file.replacingOccurrences(of: ".gz", with: "")
                return byFile[key].flatMap { Double($0[column]) } ?? .nan
            })
    }
}
