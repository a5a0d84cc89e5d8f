import OutlierCore
import OutlierTesting
import Testing

@Suite struct PipelineTests {
    private let data = SyntheticData.clusters().data

    @Test func keepsEveryPromiseOfDetectors() throws {
        let registry = try Registry.forTests()
        let imputing = Pipeline {
            Imputer(strategy: .mean)
            StandardScaler()
            CentroidDistance()
        }
        #expect(DetectorConformance.check(imputing, registry: registry) == [])
        #expect(DetectorConformance.check(CentroidDistance(), registry: registry) == [])
    }

    @Test func composedAndNamedAreTheSame() throws {
        let composed = Pipeline {
            StandardScaler()
            CentroidDistance(power: 2)
            QuantileThreshold(contamination: 0.05)
        }
        let named = try Registry.forTests().detector(
            "pipeline",
            parameters: [
                "preprocess": ["standard-scaler"], "detector": ["centroid": ["power": 2]],
                "threshold": ["quantile": ["contamination": 0.05]],
            ])
        let first = try composed.fit(data)
        let second = try #require(named as? Pipeline).fit(data)
        #expect(try first.scores(of: data) == second.scores(of: data))
        #expect(first.threshold?.cutoff == second.threshold?.cutoff)
        let decisions = try first.decisions(for: first.scores(of: data))
        #expect(decisions.anomalyCount == 15 && decisions.anomalies.count == 15)
    }

    @Test func pipelinesNest() throws {
        let inner = Pipeline {
            StandardScaler()
            CentroidDistance()
        }
        let outer = Pipeline {
            MinMaxScaler()
            inner
            QuantileThreshold()
        }
        #expect(try outer.fit(data).scores(of: data).count == data.rowCount)
    }

    @Test func withoutDetectorOrThreshold() throws {
        #expect(error { _ = try Pipeline().fit(data) }?.code == .invalidConfiguration)
        let model = try Pipeline(detector: CentroidDistance()).fit(data)
        #expect(try model.decisions(for: Scores([1])) == Decisions())
    }

    @Test func columnsAreFoundByName() throws {
        let columns = ["a", "b", "c", "d"].map { Column($0) }
        let table = try Dataset(data.matrix, columns: columns)
        let model = try Pipeline(detector: CentroidDistance()).fit(table)
        let turned = try table.selectingColumns([2, 0, 3, 1])
        #expect(try model.scores(of: turned) == model.scores(of: table))

        let other = try Dataset(
            Matrix(rows: [[1, 2, 0]]),
            columns: [Column("a"), Column("x"), Column("c", kind: .category(levels: ["word"]))])
        let failure = error { _ = try model.scores(of: other) }
        #expect(failure?.code == .columnMismatch)
        #expect(
            failure?.message
                == "the columns are not those of the fit: missing: “b”, “d”; new: “x”; “c” holds words, but held numbers"
        )
    }

    @Test func columnsThatAreMissingHaveARemedy() throws {
        func suggestion(_ names: [String]) throws -> String? {
            let rows = try Matrix(
                rowCount: 2, columnCount: names.count, values: [Double](repeating: 0, count: 2 * names.count))
            let table = try Dataset(rows, columns: names.map { Column($0) })
            let fitted = try Dataset(
                Matrix(rows: [[1, 2], [2, 1]]), columns: [Column("mean_radius"), Column("texture")])
            let model = try Pipeline(detector: CentroidDistance()).fit(fitted)
            return error { _ = try model.scores(of: table) }?.suggestion
        }
        #expect(try suggestion(["texture"])?.hasPrefix("Add the missing columns") == true)
        let renamed = "Rename “Mean Radius” to “mean_radius”, “Texture” to “texture”."
        #expect(try suggestion(["Mean Radius", "Texture"]) == renamed)
        #expect(try suggestion(["mean_radius;texture"])?.contains("delimiter") == true)
        #expect(try suggestion(["mean_radius", "texture", "x"])?.hasPrefix("Leave the new columns out") == true)
    }

    @Test func thePartThatNeedsLabelsIsNamed() {
        func failure(_ pipeline: Pipeline) -> OutlierError? { error { _ = try pipeline.fit(data) } }
        let best = failure(Pipeline(detector: CentroidDistance(), threshold: BestF1Threshold()))
        #expect(best?.code == .missingLabels && best?.component == "best-f1")
        let cost = failure(Pipeline(detector: CentroidDistance(), threshold: CostOptimalThreshold()))
        #expect(cost?.component == "cost-optimal" && cost?.message.contains("the section “cost”") == true)
        let isotonic = failure(
            Pipeline(detector: CentroidDistance(), assurance: Assurance(probability: .isotonic)))
        #expect(isotonic?.message.contains("for the probability “isotonic”") == true)
        let nested = failure(Pipeline(detector: Pipeline(detector: CentroidDistance(), threshold: BestF1Threshold())))
        #expect(nested?.component == "best-f1")
    }

    @Test func categoriesKeepTheirWords() throws {
        func table(_ levels: [String], _ codes: [Double]) throws -> Dataset {
            try Dataset(
                Matrix(rowCount: codes.count, columnCount: 1, values: codes),
                columns: [Column("color", kind: .category(levels: levels))])
        }
        let model = try Pipeline {
            OneHotEncoder()
            CentroidDistance()
        }.fit(table(["blue", "red"], [0, 0, 0, 1]))
        let usual = try model.scores(of: table(["blue", "red"], [0, 1])).values
        #expect(try model.scores(of: table(["red", "blue"], [1, 0])).values == usual)
        let unseen = try model.scores(of: table(["blue", "green"], [0, 1])).values
        #expect(unseen[0] == usual[0])
        #expect(unseen[1] == 1, "a word that was not seen is no word of the fit: 0.75 + 0.25")
        #expect(error { _ = try CentroidDistance().fit(table(["a"], [0])) }?.code == .columnMismatch)
    }

    @Test func progressGrowsAndCancellationStops() async throws {
        final class Log: @unchecked Sendable { var progress: [FitProgress] = [] }
        let log = Log()
        let pipeline = Pipeline {
            StandardScaler()
            CentroidDistance()
        }
        let context = FitContext(execution: Execution(threads: 1), observer: { log.progress.append($0) })
        _ = try await pipeline.fit(data, context: context)
        #expect(log.progress.map(\.fraction) == log.progress.map(\.fraction).sorted())
        #expect(log.progress.last?.fraction == 1)
        #expect(log.progress.contains { $0.stage == "averaging" && $0.loss == 2 })

        let data = data
        let task = Task {
            try await withTaskCancellationHandler {
                while !Task.isCancelled { await Task.yield() }
                return try await pipeline.fit(data)
            } onCancel: {
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}
