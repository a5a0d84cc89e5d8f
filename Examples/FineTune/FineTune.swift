// Pretrains an autoencoder on a table without labels, goes on from it on a few rows of another, and scores new rows.
//
//     swift run -c release FineTune [TABLE]

import Foundation
import OutlierAutoencoder
import OutlierCore
import OutlierData

@main
struct FineTune {
    static func main() async throws {
        let path = CommandLine.arguments.dropFirst().first ?? "Examples/Data/breast-cancer.csv"
        let table = try Table(
            contentsOf: path,
            options: ReadOptions(label: "diagnosis", anomalyWords: ["malignant"], identifier: "case"))
        let truth = table.truth ?? []
        var random = RandomSource(seed: 7)
        let rows = random.sample(truth.count, below: truth.count)

        // Three clinics: one with many cases, one that has just begun, and the cases that are to be judged.
        let large = table.dataset.selectingRows(Array(rows[..<220]))
        let small = table.dataset.selectingRows(Array(rows[220..<250]))
        let new = Array(rows[250...])

        // Pretraining: first to predict masked values, then to reproduce rows.
        var detector = Autoencoder(hidden: [15, 7], epochs: 60)
        detector.score = CombinedScore(lambda: 0)
        detector.pretraining = SelfSupervision(task: .masked, epochs: 20)
        let pretrained = try await Pipeline(detector: detector).fit(large, context: FitContext(seed: 7))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pretrained-\(UUID()).outlier").path
        try pretrained.save(to: file)
        defer { try? FileManager.default.removeItem(atPath: file) }

        // Fine-tuning: the first layer stays, the others go on at a third of the rate for a quarter of the epochs.
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(AutoencoderPlugin.self)
        let loaded = try FittedPipeline(contentsOf: file, registry: registry)
        let pipeline = Pipeline(detector: detector)
        let (tuned, _) = try pipeline.fitAndScore(
            small, startingFrom: loaded, settings: FineTuning(freeze: ["encoder-1"], learningRate: 0.3),
            context: FitContext(seed: 7))
        let scratch = try await pipeline.fit(small, context: FitContext(seed: 7))

        // On a table as plain as this one thirty rows rank well by themselves; what the first table gives is that healthy
        // rows are reproduced with less error, after a quarter of the epochs.
        for (name, model) in [("30 rows alone", scratch), ("pretrained, then 30 rows", tuned)] {
            let scores = try model.scores(of: table.dataset.selectingRows(new))
            let evaluation = try Evaluation(scores: scores, truth: new.map { truth[$0] })
            let healthy = zip(scores, new).filter { !truth[$0.1] }.map(\.0)
            print(name)
            print("    mean error of healthy rows", healthy.reduce(0, +) / Double(healthy.count))
            print("    ROC-AUC", try ROCAUC().value(of: evaluation).number ?? .nan)
        }
    }
}
