import OutlierCore
import OutlierTesting
import Testing

@Suite struct ScoresTests {
    private static func excluding(_ rows: [Int]) -> [Int: String] {
        Dictionary(uniqueKeysWithValues: rows.map { ($0, "row \($0) is odd") })
    }

    @Test func noNumberStandsForAReason() throws {
        let scores = try Scores([1, 7, 3], exclusions: [1: "odd"])
        #expect(scores[0] == 1 && scores[1].isNaN && scores[2] == 3)
        #expect(scores.count == 3 && scores.scoredRows == [0, 2] && scores.exclusions == [1: "odd"])
        #expect(error { _ = try Scores([1, .nan]) }?.code == .invalidValue)
        #expect(error { _ = try Scores([1, .nan], exclusions: [0: "odd"]) }?.message.contains("row 2") == true)
        #expect(error { _ = try Scores([1], exclusions: [1: "odd"]) }?.code == .shapeMismatch)
        #expect(error { _ = try Scores([1], exclusions: [-1: "odd"]) }?.code == .shapeMismatch)
        #expect(Scores().isEmpty && Scores().top(3).isEmpty && Scores().scoredRows.isEmpty)
    }

    @Test func equalScores() throws {
        let scores = try Scores([1, .nan, 2], exclusions: [1: "odd"])
        #expect(try scores == Scores([1, 5, 2], exclusions: [1: "odd"]))
        #expect(try scores.hashValue == Scores([1, 5, 2], exclusions: [1: "odd"]).hashValue)
        #expect(try scores != Scores([1, .nan, 2], exclusions: [1: "even"]))
        #expect(try scores != Scores([1, 0, 2]))
        #expect(try scores != Scores([1, .nan], exclusions: [1: "odd"]))
    }

    @Test func topOfTies() throws {
        let scores = try Scores([2, 9, 9, -.infinity, 9, .infinity, 2], exclusions: [1: "odd"])
        #expect(scores.top(3).map(\.index) == [5, 2, 4])
        #expect(scores.top(3).map(\.score) == [.infinity, 9, 9])
        #expect(scores.top(100).map(\.index) == [5, 2, 4, 0, 6, 3])
        #expect(scores.top(0).isEmpty && scores.top(-1).isEmpty && scores.top(.max).count == 6)
        #expect(try Scores([1, 2], exclusions: Self.excluding([0, 1])).top(2).isEmpty)
    }

    /// Against sorting, for few rows and for many, with ties and rows without a score.
    @Test(arguments: [1, 5, 255, 256, 257, 600]) func topIsTheHeadOfTheOrder(count: Int) throws {
        var random = RandomSource(seed: UInt64(count))
        let values = (0..<500).map { _ in Double(random.index(below: 40)) }
        let excluded = (0..<500).filter { _ in random.index(below: 5) == 0 }
        let scores = try Scores(values, exclusions: Self.excluding(excluded))
        let order = (0..<500).filter { !excluded.contains($0) }.sorted {
            values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1]
        }
        #expect(scores.top(count).map(\.index) == Array(order.prefix(count)))
        #expect(scores.top(count).map(\.score) == order.prefix(count).map { values[$0] })
    }

    @Test func someOfTheRows() throws {
        let scores = try Scores([1, 2, 3], exclusions: [1: "odd"])
        #expect(try scores.selectingRows([2, 1, 1]) == Scores([3, 0, 0], exclusions: [1: "odd", 2: "odd"]))
        #expect(scores.selectingRows([]).isEmpty)
    }

    // MARK: Measuring

    @Test func rowsThatCannotBeMeasuredAreLeftOut() throws {
        let scores = try Scores([9, 8, 1, 0, 7], exclusions: [1: "odd"])
        // Row 1 is not scored, row 4 is unknown: the others are ranked perfectly.
        let truth: Truth = [true, false, false, false, nil]
        let decisions = Decisions([.anomaly, .undecided, .anomaly, .normal, .anomaly])
        let evaluation = try Evaluation(scores: scores, decisions: decisions, truth: truth)
        #expect(evaluation.scores == [9, 1, 0] && evaluation.truth == [true, false, false])
        #expect(evaluation.decisions == [true, true, false])
        let measures = try scores.measure(against: truth, [.rocAUC, .precision], decisions: decisions)
        #expect(measures["roc-auc"] == 1 && measures["precision"] == 0.5 && measures["f1"] == nil)
        #expect(measures.notes == ["1 row without a label is left out"])
        #expect(measures.description.hasPrefix("roc-auc 1.0\nprecision 0.5\n"))
    }

    @Test func rowsThatTheFitKnewAreLeftOut() throws {
        let scores = try Scores([9, 8, 1, 0])
        let truth: Truth = [true, false, true, false]
        func measure(_ known: [Label]?) throws -> Measures {
            try scores.measure(against: truth, [.rocAUC], knownLabels: known)
        }
        #expect(try measure(nil)["roc-auc"] == 0.75)
        // Without rows 0 and 3 the order is wrong.
        let some = try measure([.anomaly, .unlabeled, .unlabeled, .normal])
        #expect(some["roc-auc"] == 0 && some.notes == ["metrics of the 2 rows whose labels the fit did not see"])
        // Those that are left are of one class.
        let most = try measure([.unlabeled, .normal, .anomaly, .normal])
        #expect(most["roc-auc"] == 0.75 && most.notes.count == 1 && most.notes[0].contains("they flatter"))
        #expect(
            try measure([.anomaly, .normal, .anomaly, .normal]).notes[0].contains("rows whose labels the fit has seen"))
    }

    @Test func whatCannotBeMeasuredSaysSo() throws {
        let scores = try Scores([9, 8], exclusions: [1: "odd"])
        #expect(error { _ = try scores.measure(against: nil, [.rocAUC]) }?.code == .missingTruth)
        #expect(error { _ = try scores.measure(against: [nil, true], [.rocAUC]) }?.code == .missingTruth)
        #expect(error { _ = try scores.measure(against: [true], [.rocAUC]) }?.code == .shapeMismatch)
        #expect(
            error { _ = try scores.measure(against: [true, true], [.f1], decisions: Decisions([.normal])) }?.code
                == .shapeMismatch)
        #expect(
            error { _ = try scores.measure(against: [true, true], [.f1], knownLabels: [.normal]) }?.code
                == .shapeMismatch)
        // One class, and no decisions: the metrics say so, and are told apart by code.
        let measures = try scores.measure(against: [true, false], [.rocAUC, .f1])
        #expect(measures.allSatisfy { $0.value == nil && $0.reason != nil })
        #expect(measures.map(\.needsDecisions) == [false, true] && measures["roc-auc"] == nil)
    }
}

/// Leaves out rows without a first value, and counts how often it is asked for what.
private struct Probe: Preprocessor {
    static let name = "probe"
    static let summary = "Counts its calls."
    static var parameters: [Parameter<Probe>] { [] }

    struct Counts: Equatable {
        var fits = 0
        var filters = 0
        var applications = 0
    }
    /// Of one test alone.
    static let counts = Guarded(Counts())
    static func take() -> Counts {
        counts.withLock { counts in
            defer { counts = Counts() }
            return counts
        }
    }

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        Probe.counts.withLock { $0.fits += 1 }
        return Fitted(featureCount: data.columnCount)
    }

    struct Fitted: RowFiltering, MissingTolerant {
        let featureCount: Int

        init(featureCount: Int) { self.featureCount = featureCount }

        func unusableRows(in data: Dataset) -> [Int: String] {
            Probe.counts.withLock { $0.filters += 1 }
            let rows = (0..<data.rowCount).filter { data.matrix[$0, 0].isNaN }
            return Dictionary(uniqueKeysWithValues: rows.map { ($0, "no first value") })
        }

        func apply(to data: Dataset, execution: Execution) throws -> Dataset {
            Probe.counts.withLock { $0.applications += 1 }
            return data
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }

        init(from archive: ModelArchive, registry: Registry) throws {
            featureCount = try archive.integer("features", in: 0...1000)
        }
    }
}

@Suite struct FitTests {
    /// A fit and a scoring run each preprocessor once, though rows are excluded; nested pipelines too.
    @Test func preprocessorsRunOnce() throws {
        let data = try Dataset(rows: [[1, 2], [.nan, 1], [3, 3], [1, 1], [4, 0]])
        let reasons = [1: "no first value"]
        for detector in [CentroidDistance(), Pipeline(detector: CentroidDistance())] as [any Detector] {
            let pipeline = Pipeline(
                preprocessors: [Probe()], detector: detector, threshold: QuantileThreshold(contamination: 0.25),
                assurance: Assurance(probability: .unification))
            _ = Probe.take()
            let fit = try pipeline.fitAndScore(data)
            #expect(Probe.take() == Probe.Counts(fits: 1, filters: 1, applications: 1))
            #expect(fit.scores.exclusions == reasons && fit.decisions.anomalyCount == 1)
            let scores = try fit.model.scores(of: data)
            #expect(Probe.take() == Probe.Counts(fits: 0, filters: 1, applications: 1))
            #expect(scores.exclusions == reasons && scores == fit.scores)
            let decisions = fit.model.decisions(for: scores)
            #expect(decisions.values == fit.decisions.values)
            // The probability of a row without a score is NaN, which equals nothing.
            #expect(decisions.probabilities?.map(\.bitPattern) == fit.decisions.probabilities?.map(\.bitPattern))
            #expect(Probe.take() == Probe.Counts())
        }
        let outer = Pipeline(preprocessors: [StandardScaler()], detector: Pipeline(detector: CentroidDistance()))
        #expect(try outer.fitAndScore(data.selectingRows([0, 2, 3])).scores.exclusions.isEmpty)
    }

    @Test func seedsAndContexts() async throws {
        let data = SyntheticData.clusters(rows: 60).data
        let pipeline = Pipeline(
            preprocessors: [StandardScaler()], detector: CentroidDistance(), threshold: QuantileThreshold())
        let fit = try await pipeline.fitAndScore(data, seed: 7)
        let other = try pipeline.fitAndScoreSynchronously(data, FitContext(seed: 7))
        #expect(fit.scores == other.scores && fit.decisions == other.decisions && fit.model.seed == 7)
        #expect(try await pipeline.fit(data, seed: 9).seed == 9)
        // Of a detector whose type is not known.
        let erased: any Detector = pipeline
        let erasedFit = try erased.fitAndScore(data, context: FitContext(seed: 7))
        #expect(erasedFit.scores == fit.scores && erasedFit.decisions == fit.decisions)
        #expect(erasedFit.model is FittedPipeline)
    }

    @Test func aDetectorAloneDecidesNothing() throws {
        let data = SyntheticData.clusters(rows: 60)
        let fit = try CentroidDistance().fitAndScore(data.data)
        #expect(fit.decisions == Decisions() && fit.knownLabels == nil)
        let measures = try fit.measure(against: Truth(data.truth), [.rocAUC, .f1])
        #expect(measures["roc-auc"] ?? 0 > 0.9 && measures["f1"] == nil && measures[1].needsDecisions)
    }
}

extension Detector {
    /// In an asynchronous function the other `fitAndScore` is meant.
    fileprivate func fitAndScoreSynchronously(_ data: Dataset, _ context: FitContext) throws -> Fit<Fitted> {
        try fitAndScore(data, context: context)
    }
}

@Suite struct TruthTests {
    @Test func rows() {
        let truth = Truth([.anomaly, .unlabeled, .normal])
        #expect(truth == [true, nil, false] && truth.count == 3)
        #expect(truth.anomalyCount == 1 && truth.knownCount == 2 && truth.complete == nil)
        #expect(truth.labels == [.anomaly, .unlabeled, .normal])
        #expect(truth.selectingRows([2, 0]).complete == [false, true])
        #expect(Truth([true, false]).complete == [true, false] && Truth([Bool]()).complete == [])
    }
}

@Suite struct DecisionsTests {
    @Test func scoresThatAreNoneStayUndecided() {
        let decisions = Cutoff(1.5).decisions(for: [1, .nan, 2, 1.5, .infinity])
        #expect(decisions.values == [.normal, .undecided, .anomaly, .normal, .anomaly])
        #expect(decisions.anomalies == [2, 4] && decisions.anomalyCount == 2)
        #expect(Decisions().anomalies == [] && Decisions().anomalyCount == nil)
        #expect(Cutoff(1).decisions(for: [.nan]).values == [.undecided])
        #expect(Cutoff(1).decisions(for: []).values == [])
    }
}
