// Compares detectors with a peer's, table by table: ROC-AUC, average precision, rank correlation of the scores, seconds.
//
//     swift run -c release Quality DIRECTORY PEER=DETECTOR[:JSON] …  [--seeds N] [--table NAME]
//
// DIRECTORY is what python/pyod_scores.py wrote. PEER is a file of scores in it, DETECTOR a name of the registry:
// `knn=knn`, `gmm=gmm:{"components": 4}`.

import Foundation
import Outlier
import OutlierTesting

struct Table {
    let name: String
    let data: Dataset
    let truth: [Bool]
    let folder: URL

    init(_ folder: URL) throws {
        name = folder.lastPathComponent
        self.folder = folder
        let shape = try String(contentsOf: folder.appendingPathComponent("shape.txt"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        let values = try doubles(folder.appendingPathComponent("X.f64"))
        data = Dataset(try Matrix(rowCount: shape[0], columnCount: shape[1], values: values))
        truth = try Data(contentsOf: folder.appendingPathComponent("y.u8")).map { $0 != 0 }
    }
}

func doubles(_ url: URL) throws -> [Double] {
    try Data(contentsOf: url).withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
}

func number(_ value: Double, _ digits: Int = 4) -> String { String(format: "%.\(digits)f", value) }

func pad(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

/// How far the means over the tables lie apart, seed by seed: the standard deviation of what one seed gives.
func spread(_ values: [[Double]]) -> Double {
    let seeds = values.first?.count ?? 0
    guard seeds > 1 else { return 0 }
    let means = (0..<seeds).map { seed in mean(values.map { $0[seed] }) }
    let center = mean(means)
    return (means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(seeds - 1)).squareRoot()
}

var arguments = Array(CommandLine.arguments.dropFirst())
var seeds = 1
var only: String?
if let position = arguments.firstIndex(of: "--seeds") {
    seeds = Int(arguments[position + 1]) ?? 1
    arguments.removeSubrange(position...position + 1)
}
if let position = arguments.firstIndex(of: "--table") {
    only = arguments[position + 1]
    arguments.removeSubrange(position...position + 1)
}
guard arguments.count >= 2 else {
    print("usage: Quality DIRECTORY PEER=DETECTOR[:JSON] … [--seeds N] [--table NAME]")
    exit(64)
}
let folders = try FileManager.default.contentsOfDirectory(
    at: URL(fileURLWithPath: arguments[0]), includingPropertiesForKeys: nil
).sorted { $0.path < $1.path }
let tables = try folders.filter { only == nil || $0.lastPathComponent.contains(only ?? "") }.map(Table.init)

for pair in arguments.dropFirst() {
    let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
    let parts = sides[1].split(separator: ":", maxSplits: 1).map(String.init)
    let parameters = parts.count > 1 ? try Value(json: parts[1]) : .object([])
    let detector = try Registry.standard.detector(parts[0], parameters: parameters)
    print("\n\(sides[1]) against \(sides[0]), seeds: \(seeds)")
    print(
        pad("table", 24), pad("rows", 7), pad("auc", 8), pad("peer", 8), pad("ap", 8), pad("peer", 8),
        pad("spearman", 10), "seconds")
    var ours: (auc: [Double], ap: [Double]) = ([], [])
    var peers: (auc: [Double], ap: [Double]) = ([], [])
    var correlations: [Double] = []
    var bySeed: (auc: [[Double]], ap: [[Double]]) = ([], [])
    for table in tables {
        guard var peer = try? doubles(table.folder.appendingPathComponent("\(sides[0]).f64")) else { continue }
        let undefined = peer.indices.filter { peer[$0].isNaN }
        for row in undefined { peer[row] = 0 }
        func measure(_ scores: [Double]) throws -> (Double, Double) {
            let evaluation = try Evaluation(scores: scores, truth: table.truth)
            return (
                try ROCAUC().number(of: evaluation),
                try AveragePrecision().number(of: evaluation)
            )
        }
        let start = Date()
        var aucs: [Double] = []
        var aps: [Double] = []
        var first: [Double] = []
        do {
            for seed in 0..<seeds {
                let scores = try detector.fitAndScore(table.data, context: FitContext(seed: UInt64(seed))).scores.values
                if seed == 0 { first = scores }
                let (auc, ap) = try measure(scores)
                aucs.append(auc)
                aps.append(ap)
            }
        } catch {
            print(pad(table.name, 24), "failed: \(error)")
            continue
        }
        let seconds = Date().timeIntervalSince(start) / Double(seeds)
        let (peerAUC, peerAP) = try measure(peer)
        let correlation = Agreement.spearman(first, peer)
        bySeed.auc.append(aucs)
        bySeed.ap.append(aps)
        ours.auc.append(mean(aucs))
        ours.ap.append(mean(aps))
        peers.auc.append(peerAUC)
        peers.ap.append(peerAP)
        if undefined.isEmpty { correlations.append(correlation) }
        print(
            pad(table.name, 24), pad(String(table.data.rowCount), 7), pad(number(mean(aucs)), 8),
            pad(number(peerAUC), 8), pad(number(mean(aps)), 8), pad(number(peerAP), 8),
            pad(number(correlation, 6), 10), number(seconds, 3),
            undefined.isEmpty ? "" : "the peer scores \(undefined.count) rows NaN, taken for 0")
    }
    print(
        pad("mean of \(ours.auc.count)", 24), pad("", 7), pad(number(mean(ours.auc)), 8),
        pad(number(mean(peers.auc)), 8), pad(number(mean(ours.ap)), 8), pad(number(mean(peers.ap)), 8),
        "least \(number(correlations.min() ?? .nan, 6))")
    if seeds > 1 {
        print(
            pad("one seed deviates by", 24), pad("", 7), pad(number(spread(bySeed.auc)), 8), pad("", 8),
            number(spread(bySeed.ap)))
    }
}
