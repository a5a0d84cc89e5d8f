import Foundation
import Neural
import NeuralTesting
import OutlierAutoencoder
import OutlierCore
import OutlierTesting
import Testing

@Suite struct AutoencoderTests {
    private static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(AutoencoderPlugin.self)
        return registry
    }

    static let settings: [String] = [
        "{}",
        #"{"hidden": [6, 2], "activation": "tanh", "noise": 0.2, "masking": 0.1, "loss": "huber"}"#,
        #"{"hidden": [16, 8], "batch-normalization": true, "dropout": 0.2, "validation-share": 0.2, "patience": 5}"#,
        #"{"hidden": [3], "code-activation": "sigmoid", "contraction": 0.01, "tied": true, "sparsity": 0.01}"#,
        #"{"score": {"lambda": 0}}"#, #"{"score": {"lambda": 0.3, "distance": "mahalanobis"}}"#,
        #"{"pretraining": {"task": "masked", "epochs": 2}}"#,
        #"{"pretraining": {"task": "contrastive", "epochs": 2}, "epochs": 30}"#,
        #"{"hidden": [4, 2], "activation": "gelu", "loss": "mae", "cosine": true, "gradient-norm": 1}"#,
    ]

    @Test(arguments: settings)
    func conformance(_ json: String) throws {
        let registry = try AutoencoderTests.registry()
        let detector = try registry.detector("autoencoder", parameters: Value(json: json))
        let failures = DetectorConformance.check(detector, registry: registry, rocAUCFloor: 0.85)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func contributionsAddUpToTheScore() throws {
        let data = SyntheticData.clusters().data
        var detector = Autoencoder(hidden: [3, 2], epochs: 5)
        detector.score = CombinedScore(lambda: 0)
        let model = try detector.fit(data)
        let scores = try model.scores(of: data).values
        let contributions = try model.contributions(of: data, execution: Execution())
        for row in 0..<data.rowCount {
            let sum = contributions.row(row).reduce(0, +)
            #expect(abs(sum - scores[row]) <= 1e-5 * max(1, scores[row]))
        }
        let codes = try model.codes(of: data)
        #expect(codes.columnCount == 2 && codes.rowCount == data.rowCount)
    }

    /// Whatever the score weighs, the columns of the rows that score highest are blamed most: each is what the score falls by
    /// when the column alone takes its mean.
    @Test(arguments: [0.5, 1]) func contributionsAreOfTheScore(lambda: Double) throws {
        let data = SyntheticData.clusters().data
        var detector = Autoencoder(hidden: [3, 2], epochs: 5)
        detector.score = CombinedScore(lambda: lambda)
        let model = try detector.fitAndScore(data).model
        let scores = try model.scores(of: data).values
        let contributions = try model.contributions(of: data, execution: Execution())
        let means = (0..<data.columnCount).map { column in
            data.matrix.column(column).reduce(0, +) / Double(data.rowCount)
        }
        for row in stride(from: 0, to: data.rowCount, by: 17) {
            for column in 0..<data.columnCount {
                var values = data.matrix.row(row)
                values[column] = means[column]
                let without = try model.scores(of: Dataset(rows: [values]))[0]
                #expect(abs(contributions[row, column] - (scores[row] - without)) < 1e-4 * max(1, scores[row]))
            }
        }
    }

    /// A linear autoencoder with a code of k numbers finds the plane of the first k principal components: what it leaves
    /// of the variance is what they leave (Baldi & Hornik 1989).
    @Test func linearAutoencodersFindThePrincipalPlane() throws {
        var random = RandomSource(seed: 4)
        let rows = (0..<400).map { _ in
            let first = 3 * random.normal()
            let second = 2 * random.normal()
            return [
                first + 0.2 * random.normal(), first - second + 0.2 * random.normal(), second + 0.2 * random.normal(),
                -first + 0.5 * second + 0.2 * random.normal(),
            ]
        }
        let data = try Dataset(rows: rows)
        var settings = Autoencoder(hidden: [2], epochs: 600, learningRate: 1e-2)
        settings.activation = .identity
        settings.loss = .meanSquaredError
        settings.cosine = true
        let model = try settings.fit(data)
        let error = try model.reconstructionErrors(of: data).reduce(0, +) / Double(data.rowCount)
        // The variance that two principal components of the standardised columns leave, by power iteration.
        let left = leftVariance(standardized(rows), components: 2) / 4
        #expect(error >= left * 0.999)
        #expect(error < left * 1.05)
    }

    @Test func scalesDoNotMatter() throws {
        let data = SyntheticData.clusters().data
        let other = try data.replacing(
            Matrix(rowCount: data.rowCount, columnCount: data.columnCount) { target in
                for row in 0..<data.rowCount {
                    for column in 0..<data.columnCount {
                        target.initializeElement(
                            at: row * data.columnCount + column, to: data.matrix[row, column] * 1024 + 512)
                    }
                }
            })
        let scores = try Autoencoder(epochs: 3).fitAndScore(data).scores.values
        let others = try Autoencoder(epochs: 3).fitAndScore(other).scores.values
        #expect(Agreement.spearman(scores, others) > 0.999)
    }

    @Test func badSettingsAreRefused() throws {
        let registry = try AutoencoderTests.registry()
        let bad = [
            #"{"hidden": [0]}"#, #"{"hidden": [8, -1]}"#, #"{"learning-rate": 0}"#, #"{"learning-rate": -1}"#,
            #"{"epochs": 0}"#, #"{"batch-size": 0}"#, #"{"dropout": 1}"#, #"{"noise": -1}"#, #"{"huber-delta": 0}"#,
            #"{"score": {"distance": "center"}}"#, #"{"score": {"distance": "discriminator"}}"#,
            #"{"weight-decay": -1}"#, #"{"validation-share": 1}"#, #"{"contraction": 1}"#, #"{"loss": "squared"}"#,
            #"{"hidden": [3], "contraction": 1, "code-activation": "gelu"}"#,
        ]
        for json in bad {
            let error = try #require(throws: OutlierError.self, "\(json)") {
                try registry.detector("autoencoder", parameters: Value(json: json)).validate()
            }
            #expect(error.code == .invalidParameter, "\(json): \(error)")
        }
    }

    @Test(arguments: [0, 0.5, 1])
    func edgeCases(_ lambda: Double) throws {
        var detector = Autoencoder(epochs: 3, batchSize: 1_000)
        detector.score = CombinedScore(lambda: lambda)
        let failures = try EdgeCases.check(detector)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// A code wider than the table and a batch larger than it are no errors.
    @Test func wideCodesAndLargeBatches() throws {
        let data = SyntheticData.clusters().data
        let scores = try Autoencoder(hidden: [64, 32], epochs: 2, batchSize: 100_000).fitAndScore(data).scores.values
        #expect(scores.allSatisfy { $0.isFinite })
    }

    @Test func divergenceIsAnError() throws {
        var settings = Autoencoder(epochs: 50, learningRate: 1e12)
        settings.activation = .identity
        let error = try #require(throws: OutlierError.self) {
            try settings.fit(SyntheticData.clusters().data)
        }
        #expect(error.code == .numericalFailure)
        #expect(error.message.contains("at step"))
    }

    @Test func progressHasALoss() throws {
        let log = ProgressLog()
        let context = FitContext(observer: { log.add($0) })
        _ = try Autoencoder(epochs: 3).fit(SyntheticData.clusters().data, context: context)
        let last = try #require(log.last)
        #expect(last.fraction == 1 && last.loss != nil && last.stage.contains("epoch 3 of 3"))
    }

    private func standardized(_ rows: [[Double]]) -> [[Double]] {
        let count = Double(rows.count)
        let means = (0..<4).map { column in rows.reduce(0) { $0 + $1[column] } / count }
        let deviations = (0..<4).map { column in
            (rows.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) } / count).squareRoot()
        }
        return rows.map { row in (0..<4).map { (row[$0] - means[$0]) / deviations[$0] } }
    }

    private func leftVariance(_ rows: [[Double]], components: Int) -> Double {
        var rows = rows
        for _ in 0..<components {
            var axis = [1.0, 0.4, -0.3, 0.2]
            for _ in 0..<500 {
                var next = [Double](repeating: 0, count: 4)
                for row in rows {
                    let product = zip(row, axis).reduce(0) { $0 + $1.0 * $1.1 }
                    for column in 0..<4 { next[column] += product * row[column] }
                }
                let norm = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
                axis = next.map { $0 / norm }
            }
            rows = rows.map { row in
                let product = zip(row, axis).reduce(0) { $0 + $1.0 * $1.1 }
                return zip(row, axis).map { $0 - product * $1 }
            }
        }
        return rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } } / Double(rows.count)
    }
}
