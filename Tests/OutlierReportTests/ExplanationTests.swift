import Foundation
import Outlier
import OutlierCore
import Testing

@Suite struct ExplanationTests {
    static let native = [
        "isolation-forest", "ecod", "copod", "hbos", "mad", "z-score", "iqr", "pca", "mahalanobis", "mcd", "loda",
    ]
    /// Those that are trained.
    static let trained = ["autoencoder", "vae", "anogan", "f-anogan", "ganomaly", "alad"]

    @Test func everyNativeExplanationIsChecked() {
        let explainable = Registry.standard.descriptions(of: .detector)
            .filter { $0.capabilities.contains(.explainable) }.map(\.name)
        #expect(Set(explainable).subtracting(Self.native).subtracting(Self.trained) == [])
    }

    @Test(arguments: native + trained)
    func nativeExplanationsNameTheColumn(detector: String) throws {
        let planted = try PlantedAnomalies(seed: 4)
        let pipeline = Pipeline(
            preprocessors: [StandardScaler()], detector: try Registry.standard.detector(detector))
        let model = try pipeline.fit(planted.training, context: FitContext(seed: 2))
        let explained = try model.explain(planted.strange)
        #expect(explained.allSatisfy { $0.method == .native })
        let hits = planted.hits(explained)
        #expect(hits >= 0.9, "\(detector): \(hits)")
    }

    @Test(arguments: ["isolation-forest", "knn", "lof", "gmm", "ecod"])
    func shapleyValuesNameTheColumn(detector: String) throws {
        let planted = try PlantedAnomalies(seed: 5)
        let pipeline = Pipeline(
            preprocessors: [StandardScaler()], detector: try Registry.standard.detector(detector))
        let model = try pipeline.fit(planted.training, context: FitContext(seed: 2))
        let explained = try model.explain(planted.strange, method: .shapley)
        #expect(explained.allSatisfy { $0.method == .shapley })
        let hits = planted.hits(explained)
        #expect(hits >= 0.9, "\(detector): \(hits)")
        #expect(explained.allSatisfy { $0.features.allSatisfy { ($0.standardError ?? -1) >= 0 } })
        // A row's explanation is its own, and the same again.
        let one = try model.explain(planted.strange.rows(7..<8), method: .shapley)
        #expect(one[0].features == explained[7].features)
    }

    /// For a sum over columns the Shapley values are known: each term less its mean over the background.
    @Test func samplingFindsTheValuesOfASum() throws {
        let planted = try PlantedAnomalies(seed: 6)
        let model = try Pipeline(detector: try Registry.standard.detector("ecod")).fit(planted.training)
        let rows = planted.strange.rows(0..<5)
        let native = try model.explain(rows)
        let sampled = try model.explain(rows, method: .shapley, samples: 400)
        for (exact, estimate) in zip(native, sampled) {
            for feature in estimate.features {
                let truth = try #require(exact.features.first { $0.column == feature.column })
                let error = try #require(feature.standardError)
                #expect(abs(feature.contribution - truth.contribution) < 5 * error + 0.15, "\(feature.column.name)")
            }
        }
    }

    @Test func preprocessedColumnsAreTracedBack() throws {
        let planted = try PlantedAnomalies(seed: 7, category: true)
        let model = try Pipeline(
            preprocessors: [Imputer(), OneHotEncoder(), StandardScaler()], detector: IsolationForest()
        ).fit(planted.training, context: FitContext(seed: 3))
        // A word that is rare: in the training rows there is none of it.
        var values = planted.training.matrix.row(0)
        values[PlantedAnomalies.width - 1] = 1
        let explained = try model.explain(try Dataset(Matrix(rows: [values]), columns: planted.training.columns))
        #expect(explained[0].method == .native)
        #expect(Set(explained[0].features.map(\.column)) == Set(planted.training.columns))
        let colour = try #require(explained[0].features.first { $0.column.name == "colour" })
        #expect(colour.valueText == "green" && colour.usualText.contains("%"))
        #expect(planted.hits(try model.explain(planted.strange)) >= 0.9)
        // Mixed columns cannot be traced: sampling explains them.
        let mixed = try Pipeline(
            preprocessors: [OneHotEncoder(), try Registry.standard.preprocessor("pca")],
            detector: try Registry.standard.detector("mad")
        ).fit(planted.training)
        #expect(try mixed.explain(planted.strange.rows(0..<2))[0].method == .shapley)
        #expect(throws: OutlierError.self) { try mixed.explain(planted.strange.rows(0..<2), method: .native) }
    }

    @Test func aModelFromAFileExplainsAlike() throws {
        let planted = try PlantedAnomalies(seed: 8, category: true)
        let model = try Pipeline {
            OneHotEncoder()
            IsolationForest(trees: 20)
            QuantileThreshold(contamination: 0.05)
            Assurance(probability: .unification, confidence: true, rejectionExponent: 5)
        }.fit(planted.training)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "explain-\(UInt64.random(in: 0...(.max))).outlier"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(to: path)
        let loaded = try FittedPipeline(contentsOf: path, registry: .standard)
        let scores = try model.scores(of: planted.strange)
        #expect(loaded.decisions(for: scores) == model.decisions(for: scores))
        #expect(try loaded.explain(planted.strange) == model.explain(planted.strange))
        #expect(loaded.recipe == model.recipe)
    }

    @Test func oddTables() throws {
        // One row, one column, constant columns, duplicates.
        for rows in [[[1.0]], [[1, 1], [1, 1], [1, 1]], [[1e308], [-1e308], [0]]] {
            for method in [RowExplanation.Method.native, .shapley] {
                let data = try Dataset(rows: rows)
                let model = try Pipeline(detector: IsolationForest(trees: 5)).fit(data)
                let explained = try model.explain(data, method: method)
                #expect(explained.count == rows.count)
                #expect(
                    explained.allSatisfy { $0.features.allSatisfy { $0.contribution.isFinite && $0.share.isFinite } })
            }
        }
        let model = try Pipeline(detector: IsolationForest(trees: 5)).fit(Dataset(rows: [[1, 2], [3, 4]]))
        #expect(try model.explain(Dataset(Matrix(rowCount: 0, columnCount: 2))).isEmpty)
        #expect(throws: OutlierError.self) { try model.explain(Dataset(rows: [[1, 2]]), method: .shapley, samples: 1) }
        #expect(throws: OutlierError.self) { try model.explain(Dataset(rows: [[1]])) }
    }
}
