import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

@Suite struct StochasticGradientTests {
    @Test(arguments: [OneClassStochasticGradient(), OneClassStochasticGradient(features: 100, average: true)])
    func conforms(_ detector: OneClassStochasticGradient) throws {
        let failures = DetectorConformance.check(detector, registry: try registry(), rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// With many features and averaging little is left to chance, and the scores are those of the peer's mean.
    @Test func agreesWithThePeer() throws {
        for golden in try GoldenScores(contentsOf: fixture).cases where golden.detector.name == "ocsvm-sgd" {
            let detector = try registry().detector(golden.detector)
            let scores = try detector.fitAndScore(golden.train).scores.values
            #expect(Agreement.spearman(scores, golden.trainingScores) > 0.97)
        }
    }

    @Test func approachesTheKernelMachine() throws {
        let (data, truth) = SyntheticData.clusters(rows: 2000, columns: 4, anomalies: 60)
        let exact = try OneClassSupportVectorMachine().fitAndScore(data).scores.values
        let scores = try OneClassStochasticGradient(features: 2000, average: true).fitAndScore(data).scores.values
        #expect(Agreement.spearman(exact, scores) > 0.9)
        let area = try ROCAUC().number(of: Evaluation(scores: scores, truth: truth))
        #expect(area > 0.9)
    }

    /// Features are computed some at once; those that fill up must be no constant ones.
    @Test(arguments: [1, 31, 33, 100]) func nothingIsLearntOfWhatFillsUp(_ features: Int) throws {
        let data = SyntheticData.clusters(rows: 100).data
        let model = try OneClassStochasticGradient(features: features, epochs: 3, average: true).fit(data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        for name in ["weights", "average-weights"] {
            let weights = try archive.doubles(name)
            #expect(weights.count > features)
            #expect(weights[features...].allSatisfy { $0 == 0 })
            #expect(weights[..<features].contains { $0 != 0 })
        }
    }

    @Test func learnsFromFurtherRows() throws {
        let data = SyntheticData.clusters(rows: 400).data
        let model = try OneClassStochasticGradient(epochs: 1).fit(data)
        let updated = try model.updated(with: data, context: FitContext())
        #expect(try updated.scores(of: data) != model.scores(of: data))
        let wrong: [([[Double]], OutlierError.Code)] = [
            ([[1]], .shapeMismatch), ([[1, 2, .nan, 4]], .missingValue), ([[1, 2, .infinity, 4]], .infiniteValue),
        ]
        for (rows, code) in wrong {
            let error = #expect(throws: OutlierError.self) { try model.updated(with: Dataset(rows: rows)) }
            #expect(error?.code == code)
        }
    }

    @Test func damagedModels() throws {
        let model = try OneClassStochasticGradient(features: 10, epochs: 2).fit(SyntheticData.clusters().data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        func refuses(_ damage: (inout ModelArchive) -> Void) {
            var damaged = archive
            damage(&damaged)
            #expect(throws: OutlierError.self) {
                _ = try FittedOneClassStochasticGradient(from: damaged, registry: Registry())
            }
        }
        for count in [-1, 0, 11_000_000, Int.max] {
            refuses { $0.store(count, as: "features") }
            refuses { $0.store(count, as: "columns") }
        }
        for name in ["frequencies", "phases", "weights", "average-weights", "state"] {
            refuses { $0.store([Double](repeating: 1, count: 5), as: name) }
        }
        let numbers = try archive.doubles("state")
        for place in numbers.indices {
            refuses {
                var wrong = numbers
                wrong[place] = .nan
                $0.store(wrong, as: "state")
            }
        }
    }
}

@Suite struct LiveStochasticGradientTests {
    private let data = SyntheticData.clusters(rows: 200).data

    @Test func noRowCopiesTheModel() throws {
        let pipeline = Pipeline(
            preprocessors: [StandardScaler()], detector: OneClassStochasticGradient(features: 500, average: true))
        var live = try Live(pipeline.fit(data))
        func addresses() throws -> [Int] {
            let model = try #require(live.snapshot().detector as? FittedOneClassStochasticGradient)
            return try ["weights", "averageWeights"].map { name in
                let child = try #require(Mirror(reflecting: model).children.first { $0.label == name })
                return try #require(child.value as? [Double])
                    .withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
            }
        }
        let before = try live.score(data)
        try live.learn(data.rows(0..<1))
        let first = try addresses()
        for row in 1..<50 {
            try live.learn(data.rows(row..<row + 1))
            #expect(try addresses() == first)
        }
        #expect(try live.score(data) != before)
    }

    /// A pass over rows in place is the pass that a copy makes.
    @Test func inPlaceIsAsByACopy() throws {
        let model = try OneClassStochasticGradient(epochs: 2).fit(data)
        var live = try Live(model, context: FitContext(seed: 5))
        try live.learn(data.rows(0..<60))
        let copy = try model.updated(with: data.rows(0..<60), context: FitContext(seed: 5))
        #expect(try live.score(data) == copy.scores(of: data))
    }
}
