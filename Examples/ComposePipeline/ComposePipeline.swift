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
        let fit = try await pipeline.fitAndScore(table.rows, seed: 7)
        for row in fit.scores.top(10) { print(table.name(of: row.index), row.score) }
        print(try fit.measure(against: table.truth, [.rocAUC, .f1]))

        // The same, swapped by name.
        for name in ["lof", "hbos", "pca"] {
            let other = Pipeline(preprocessors: [StandardScaler()], detector: try Registry.standard.detector(name))
            let fit = try await other.fitAndScore(table.rows, seed: 7)
            print(name, try fit.measure(against: table.truth, [.rocAUC]))
        }
    }
}
