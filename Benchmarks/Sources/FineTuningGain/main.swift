// What a fit gains that begins with a model of another table.
//
//     swift run -c release --package-path Benchmarks FineTuningGain DIRECTORY [TABLE …] [--rows 500] [--seeds 5] [--normal]
//
// DIRECTORY is what python/pyod_scores.py wrote. A model is trained on a random half of a table, with --normal on those of
// its rows that are no anomalies. Of the other half some rows are drawn, anomalies among them; one model is trained on
// them from the beginning, and others go on from the first for 1, 2, 4 … epochs. All have the defaults but for the number
// of epochs, and all are judged by the ROC-AUC on the rows of the second half that they have not seen. An epoch has as
// many steps in every model of the small table.

import Foundation
import OutlierAutoencoder
import OutlierCore

var arguments = Array(CommandLine.arguments.dropFirst())
@MainActor func option(_ name: String) -> String? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else { return nil }
    defer { arguments.removeSubrange(place...place + 1) }
    return arguments[place + 1]
}
let rowCount = Int(option("--rows") ?? "") ?? 500
let seeds = Int(option("--seeds") ?? "") ?? 5
var onlyNormal = false
if let place = arguments.firstIndex(of: "--normal") {
    onlyNormal = true
    arguments.remove(at: place)
}
guard let directory = arguments.first else {
    print("usage: FineTuningGain DIRECTORY [TABLE …] [--rows N] [--seeds N] [--normal]")
    exit(64)
}
var names = Array(arguments.dropFirst())
if names.isEmpty { names = ["10_cover", "11_donors", "32_shuttle"] }

struct Table {
    let data: Dataset
    let truth: [Bool]

    init(_ folder: URL) throws {
        func numbers<Number: BitwiseCopyable>(_ name: String, _: Number.Type) throws -> [Number] {
            try Data(contentsOf: folder.appendingPathComponent(name)).withUnsafeBytes {
                Array($0.bindMemory(to: Number.self))
            }
        }
        let shape = try String(contentsOf: folder.appendingPathComponent("shape.txt"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        data = Dataset(
            try Matrix(rowCount: shape[0], columnCount: shape[1], values: numbers("X.f64", Double.self)))
        truth = try numbers("y.u8", UInt8.self).map { $0 != 0 }
    }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

let detector = Autoencoder()
let quarter = (detector.epochs + 3) / 4
let trials = [1, 2, 4, 8, quarter]
print("table", "seed", "scratch", trials.map { "tuned \($0)" }.joined(separator: "\t"), separator: "\t")
for name in names {
    let table = try Table(URL(fileURLWithPath: directory).appendingPathComponent(name))
    var scratch: [Double] = []
    var tuned = [[Double]](repeating: [], count: trials.count)
    for seed in 0..<seeds {
        var random = RandomSource(seed: UInt64(seed), stream: 3)
        let order = random.sample(table.data.rowCount, below: table.data.rowCount)
        let half = order.count / 2
        let large = order[0..<half].filter { !onlyNormal || !table.truth[$0] }
        let sample = table.data.selectingRows(Array(order[half..<half + rowCount]))
        let rest = Array(order[(half + rowCount)...])
        let unseen = table.data.selectingRows(rest)
        let truth = rest.map { table.truth[$0] }
        func area(_ model: FittedAutoencoder) throws -> Double {
            try ROCAUC().number(of: Evaluation(scores: model.scores(of: unseen).values, truth: truth))
        }

        let context = FitContext(seed: UInt64(seed))
        // About eight times the steps of the small table's training.
        var first = detector
        first.epochs = max(1, detector.epochs * rowCount * 8 / large.count)
        let pretrained = try first.fit(table.data.selectingRows(large), context: context)
        scratch.append(try area(detector.fit(sample, context: context)))
        for (index, epochs) in trials.enumerated() {
            tuned[index].append(
                try area(
                    detector.fitAndScore(
                        sample, startingFrom: pretrained, settings: FineTuning(epochs: epochs), context: context
                    ).model))
        }
        line(name, String(seed), scratch[seed], tuned.map { $0[seed] })
    }
    line(name, "mean", mean(scratch), tuned.map(mean))
    let reached = zip(trials, tuned).first { mean($1) >= mean(scratch) }?.0
    print(
        reached.map { "as good as from scratch after \($0) of \(detector.epochs) epochs" }
            ?? "not as good as from scratch in a quarter of the epochs")
}

func line(_ name: String, _ seed: String, _ scratch: Double, _ tuned: [Double]) {
    print(name, seed, ([scratch] + tuned).map { String(format: "%.4f", $0) }.joined(separator: "\t"), separator: "\t")
}
