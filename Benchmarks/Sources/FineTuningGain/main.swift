// What a fit gains that begins with a model of another table.
//
//     swift run -c release --package-path Benchmarks FineTuningGain DIRECTORY [TABLE …] [--rows 500] [--seeds 5]
//
// DIRECTORY is what python/pyod_scores.py wrote. A model is trained on a random half of a table. Of the other half some
// rows are drawn; one model is trained on them from the beginning, and one goes on from the first. Both have the defaults
// but for the number of epochs, and both are judged by the ROC-AUC on the rows of the second half that they have not
// seen. The last columns say after how many steps the model that went on is as good as the other one at its end.

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
guard let directory = arguments.first else {
    print("usage: FineTuningGain DIRECTORY [TABLE …] [--rows N] [--seeds N]")
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

print("table         seed  scratch  tuned (a quarter of the epochs)  first as good after")
for name in names {
    let table = try Table(URL(fileURLWithPath: directory).appendingPathComponent(name))
    var areas: (scratch: [Double], tuned: [Double], share: [Double]) = ([], [], [])
    for seed in 0..<seeds {
        var random = RandomSource(seed: UInt64(seed), stream: 3)
        let order = random.sample(table.data.rowCount, below: table.data.rowCount)
        let half = order.count / 2
        let small = Array(order[half..<half + rowCount])
        let rest = Array(order[(half + rowCount)...])
        let unseen = table.data.selectingRows(rest)
        let truth = rest.map { table.truth[$0] }
        func area(_ model: FittedAutoencoder) throws -> Double {
            try ROCAUC().value(of: Evaluation(scores: model.scores(of: unseen), truth: truth)).number ?? .nan
        }

        let context = FitContext(seed: UInt64(seed))
        let detector = Autoencoder()
        // As many steps as the small table's training has, and then some: enough to know the large half.
        var first = detector
        first.epochs = max(1, detector.epochs * rowCount * 8 / half)
        let pretrained = try first.fit(table.data.selectingRows(Array(order[0..<half])), context: context)
        let sample = table.data.selectingRows(small)
        let scratch = try area(detector.fit(sample, context: context))
        func tuned(epochs: Int) throws -> Double {
            try area(
                detector.fitAndScore(
                    sample, startingFrom: pretrained, settings: FineTuning(epochs: epochs), context: context
                ).model)
        }
        let quarter = (detector.epochs + 3) / 4
        let final = try tuned(epochs: quarter)
        var reached: Int?
        for epochs in [1, 2, 4, 8, quarter, 2 * quarter, 4 * quarter] {
            if try epochs == quarter ? final >= scratch : tuned(epochs: epochs) >= scratch {
                reached = epochs
                break
            }
        }
        areas.scratch.append(scratch)
        areas.tuned.append(final)
        areas.share.append(reached.map { Double($0) / Double(detector.epochs) } ?? .infinity)
        print(
            name, seed, String(format: "%.4f  %.4f", scratch, final),
            reached.map { "epoch \($0) of \(detector.epochs)" } ?? "never", separator: "  ")
    }
    print(
        name, "mean", String(format: "%.4f  %.4f", mean(areas.scratch), mean(areas.tuned)),
        String(format: "%.3f of the steps", mean(areas.share)), separator: "  ")
}
