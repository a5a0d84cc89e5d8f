// Composes a pipeline in Swift: types checked, no strings.
//
//     swift run -c release ComposePipeline [TABLE]

import Outlier
import OutlierData

@main
struct ComposePipeline {
    static func main() async throws {
        let path = CommandLine.arguments.dropFirst().first ?? "Examples/Data/breast-cancer.csv"
        let table = try Table(path, label: "diagnosis", anomaly: "malignant", identifier: "case")

        let pipeline = Pipeline {
            StandardScaler()
            IsolationForest(trees: 200)
            QuantileThreshold(contamination: 0.1)
        }
        let (model, scores) = try await pipeline.fitAndScore(table.rows, context: FitContext(seed: 7))

        let evaluation = try Evaluation(scores: scores, decisions: model.decisions(for: scores), truth: table.truth)
        print("ROC-AUC", try ROCAUC().value(of: evaluation).number ?? .nan)
        print("F1", try F1().value(of: evaluation).number ?? .nan)

        // The same, swapped by name.
        for name in ["lof", "hbos", "pca"] {
            let other = Pipeline(preprocessors: [StandardScaler()], detector: try Registry.standard.detector(name))
            let scores = try await other.fitAndScore(table.rows, context: FitContext(seed: 7)).scores
            print(name, try ROCAUC().value(of: Evaluation(scores: scores, truth: table.truth)).number ?? .nan)
        }
    }
}
