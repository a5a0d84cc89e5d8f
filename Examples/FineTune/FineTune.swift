// Trains an autoencoder on a hospital's healthy cases, goes on from it with a few cases of another hospital, and judges
// that one's other cases, in twenty random divisions of the table, beside the models that it has to be better than.
//
//     swift run -c release FineTune [TABLE]
//
// It gains where the first cases are known to be healthy and both hospitals measure alike; that the few cases of the new
// one are added then matters little. With the ill left among the first cases it learns them too, and is worse than no
// pretraining. So it is where the new hospital measures otherwise, which is made here by a microscope that enlarges less:
// going on makes up for a part of that, but units are to be brought into line before.

import Foundation
import OutlierAutoencoder
import OutlierCore
import OutlierData

@main
struct FineTune {
    static let divisions = 20
    /// Cases of the new hospital that the models see; who of them is ill nobody knows.
    static let fewCases = 30

    static func main() async throws {
        let path = CommandLine.arguments.dropFirst().first ?? "Examples/Data/breast-cancer.csv"
        let table = try Table(path, label: "diagnosis", anomaly: "malignant", identifier: "case")
        guard let truth = table.truth?.complete else {
            throw OutlierError(.missingLabels, "the table needs a diagnosis of every case")
        }
        guard truth.count > 4 * fewCases else {
            throw OutlierError(.notEnoughRows, "the table needs more than \(4 * fewCases) rows")
        }

        for enlargement in [1.0, 0.8] {
            print("ROC-AUC on the new hospital's other cases, lengths × \(enlargement), mean of \(divisions) divisions")
            let measured = try enlarged(table.rows, by: enlargement)
            let areas = try await compare(table.rows, measured, truth)
            for (name, values) in areas {
                let mean = values.reduce(0, +) / Double(values.count)
                let better = zip(values, areas[0].values).count { $0 > $1 }
                let comparison = name == areas[0].name ? "" : ": better than alone in \(better) of \(values.count)"
                print(String(format: "    %.3f  ", mean) + name + comparison)
            }
        }
    }

    /// - Parameters:
    ///   - oldRows: the table as the old hospital measures it.
    ///   - newRows: the same cases as the new one does.
    /// - Returns: each model's ROC-AUC in each division, first that of the new hospital's few cases alone.
    static func compare(
        _ oldRows: Dataset, _ newRows: Dataset, _ truth: [Bool]
    ) async throws -> [(name: String, values: [Double])] {
        var scratch: [Double] = []
        var asItIs: [Double] = []
        var healthyFirst: [Double] = []
        var everyoneFirst: [Double] = []
        for seed in 0..<UInt64(divisions) {
            var random = RandomSource(seed: seed)
            let rows = random.sample(truth.count, below: truth.count)
            let old = Array(rows[..<(truth.count / 2)])
            let new = Array(rows[(truth.count / 2)...])
            let few = newRows.selectingRows(Array(new[..<fewCases]))
            let rest = Array(new[fewCases...])
            let context = FitContext(seed: seed)
            func area(_ model: FittedPipeline) throws -> Double {
                let scores = try model.scores(of: newRows.selectingRows(rest))
                let truth = Truth(rest.map { truth[$0] })
                return try scores.measure(against: truth, [.rocAUC])["roc-auc"] ?? .nan
            }

            // What makes the difference: the old hospital has diagnoses, and the model sees healthy cases alone.
            let healthy = try await pretrained(on: oldRows.selectingRows(old.filter { !truth[$0] }), context)
            let everyone = try await pretrained(on: oldRows.selectingRows(old), context)
            scratch.append(try area(await pipeline.fit(few, context: context)))
            asItIs.append(try area(healthy))
            healthyFirst.append(try area(tuned(healthy, on: few, context)))
            everyoneFirst.append(try area(tuned(everyone, on: few, context)))
        }
        return [
            ("\(fewCases) cases alone", scratch), ("the old hospital's healthy cases alone", asItIs),
            ("the healthy cases, then the \(fewCases)", healthyFirst),
            ("all old cases, the ill among them, then the \(fewCases)", everyoneFirst),
        ]
    }

    /// The table as a microscope would measure it that enlarges `factor` times as much.
    static func enlarged(_ table: Dataset, by factor: Double) throws -> Dataset {
        var matrix = table.matrix
        for (index, column) in table.columns.enumerated() {
            let isArea = column.name.contains("area")
            guard isArea || column.name.contains("radius") || column.name.contains("perimeter") else { continue }
            for row in 0..<matrix.rowCount { matrix[row, index] *= isArea ? factor * factor : factor }
        }
        return try table.replacing(matrix)
    }

    /// The score is the reconstruction error: a code that was learnt elsewhere says little of distances here.
    static var pipeline: Pipeline {
        var detector = Autoencoder(hidden: [15, 7], epochs: 60)
        detector.score = CombinedScore(lambda: 0)
        return Pipeline(detector: detector)
    }

    /// A model that was saved and is loaded again, as on another day or machine.
    static func pretrained(on rows: Dataset, _ context: FitContext) async throws -> FittedPipeline {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pretrained-\(UUID()).outlier").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await pipeline.fit(rows, context: context).save(to: file)
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(AutoencoderPlugin.self)
        return try FittedPipeline(contentsOf: file, registry: registry)
    }

    /// The first layer stays, the others go on at a third of the rate for a quarter of the epochs.
    static func tuned(_ model: FittedPipeline, on rows: Dataset, _ context: FitContext) throws -> FittedPipeline {
        try pipeline.fitAndScore(
            rows, startingFrom: model, settings: FineTuning(freeze: ["encoder-1"], learningRate: 0.3), context: context
        ).model
    }
}
