import OutlierCore
import OutlierTesting
import Testing

/// Repeats the first row three times, leaves the second out and makes one up.
private struct Reshuffle: TrainingRowsPreprocessor {
    static let name = "reshuffle"
    static let summary = "Changes the training rows."
    static var parameters: [Parameter<Reshuffle>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> UnchangedRows {
        UnchangedRows(featureCount: data.columnCount)
    }

    func changeTrainingRows(of data: Dataset, fitted: UnchangedRows, context: FitContext) throws -> TrainingRows {
        let rows = [0, 0, 0] + Array(2..<data.rowCount) + [0]
        return try TrainingRows(data.selectingRows(rows), origins: rows.dropLast().map { $0 } + [nil])
    }
}

/// Leaves out rows whose first value is missing.
private struct NeedsFirst: Preprocessor {
    static let name = "needs-first"
    static let summary = "Leaves out rows without a first value."
    static var parameters: [Parameter<NeedsFirst>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted { Fitted(featureCount: data.columnCount) }

    struct Fitted: RowFiltering, MissingTolerant {
        var featureCount: Int

        init(featureCount: Int) { self.featureCount = featureCount }

        func unusableRows(in data: Dataset) -> [Int: String] {
            var result: [Int: String] = [:]
            for row in 0..<data.rowCount where data.matrix[row, 0].isNaN { result[row] = "no first value" }
            return result
        }

        func apply(to data: Dataset, execution: Execution) throws -> Dataset { data }
        func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }
        init(from archive: ModelArchive, registry: Registry) throws {
            featureCount = try archive.integer("features", in: 0...1000)
        }
    }
}

/// Counts how often each row occurs among the training rows; training rows count themselves once less.
private struct Occurrences: LabelLearning, WeightLearning {
    static let name = "occurrences"
    static let summary = "Counts equal rows."
    static var parameters: [Parameter<Occurrences>] { [] }

    var use = LabelUse.ignored
    var labelUse: LabelUse { use }

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        Fitted(
            values: data.matrix.column(0), anomalies: data.labels?.count { $0 == .anomaly } ?? -1,
            weight: data.weights?.reduce(0, +) ?? -1)
    }

    func trainAndScore(on data: Dataset, context: FitContext) throws -> (model: Fitted, scores: [Double]) {
        let model = try train(on: data, context: context)
        return (model, try model.computeScores(of: data, execution: context.execution).map { $0 - 1 })
    }

    struct Fitted: FittedDetector {
        let values: [Double]
        let anomalies: Int
        let weight: Double
        var featureCount: Int { 1 }

        init(values: [Double], anomalies: Int, weight: Double) {
            self.values = values
            self.anomalies = anomalies
            self.weight = weight
        }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            data.matrix.column(0).map { value in Double(values.count { $0 == value }) }
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(values, as: "values") }
        init(from archive: ModelArchive, registry: Registry) throws {
            self.init(values: try archive.doubles("values"), anomalies: 0, weight: 0)
        }
    }
}

@Suite struct RowChangeTests {
    private func data(_ values: [Double], labels: [Label]? = nil) throws -> Dataset {
        try Dataset(Matrix(rows: values.map { [$0] }), columns: [Column("x")], labels: labels)
    }

    @Test func trainingRowsChangeForTheFitOnly() throws {
        let data = try data([1, 2, 3, 4])
        let pipeline = Pipeline(preprocessors: [Reshuffle()], detector: Occurrences())
        let fit = try pipeline.fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        // The fit saw 1, 1, 1, 3, 4, 1. Row 2 was not learnt from and is scored as new.
        #expect(scores == [3, 0, 0, 0])
        #expect(try model.scores(of: data).values == [4, 0, 1, 1])
        let twice = Pipeline(preprocessors: [Reshuffle(), Reshuffle()], detector: Occurrences())
        // 1, 1, 1, 3, 4, 1 becomes 1, 1, 1, 1, 3, 4, 1, 1.
        #expect(try twice.fitAndScore(data).scores.values == [5, 0, 0, 0])
    }

    @Test func rowsThatCannotBeScored() throws {
        let data = try data([1, .nan, 3, 1, 4])
        let pipeline = Pipeline(
            preprocessors: [NeedsFirst()], detector: CentroidDistance(), threshold: QuantileThreshold())
        let fit = try pipeline.fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(scores[1].isNaN && scores.count { $0.isNaN } == 1)
        #expect(model.canExclude && fit.scores.exclusions == [1: "no first value"])
        #expect(try model.scores(of: data).exclusions == [1: "no first value"])
        #expect(fit.decisions.values?[1] == .undecided)
        #expect(try model.prepared(data).rowCount == 4)
        // With changed training rows, and nested.
        let nested = Pipeline(
            preprocessors: [Reshuffle()], detector: Pipeline(preprocessors: [NeedsFirst()], detector: Occurrences()))
        let outerFit = try nested.fitAndScore(data)
        let (outer, outerScores) = (outerFit.model, outerFit.scores.values)
        #expect(outerFit.scores.exclusions == [1: "no first value"])
        #expect(try outer.scores(of: data).exclusions == [1: "no first value"])
        #expect(outerScores[0] == 4 && outerScores[1].isNaN && outerScores[3] == 4)
        // Nothing left.
        let failure = error { _ = try pipeline.fit(self.data([.nan, .nan])) }
        #expect(failure?.code == .emptyData)
        #expect(failure?.message.contains("row 1: no first value") == true)
        // Every new row unusable is no failure.
        #expect(try model.scores(of: self.data([.nan])).map(\.isNaN) == [true])
        #expect(Set(Capability.allCases).contains(.rowExcluding))
    }

    @Test func labelsReachOnlyThoseThatLearnFromThem() throws {
        let labelled = try data([1, 2, 3], labels: [.anomaly, .unlabeled, .unlabeled])
        #expect(try Occurrences().fit(labelled).anomalies == -1, "labels are ignored, so they are not seen")
        #expect(try Occurrences(use: .optional).fit(labelled).anomalies == 1)
        #expect(try Occurrences(use: .optional).fit(labelled.unlabeled).anomalies == -1)
        #expect(try Occurrences(use: .required).fit(labelled).anomalies == 1)
        #expect(Pipeline(detector: Occurrences(use: .required)).labelUse == .required)
        #expect(Pipeline(detector: CentroidDistance()).labelUse == .ignored)
        let needy = Pipeline(detector: Occurrences(use: .required))
        func message(_ labels: [Label]?) throws -> String {
            error { _ = try needy.fit(data([1, 2], labels: labels)) }?.message ?? ""
        }
        #expect(try message(nil).contains("nothing is known"))
        #expect(try message([.unlabeled, .unlabeled]).contains("nothing is known"))
        #expect(try message([.normal, .unlabeled]).contains("no row is known to be an anomaly"))
        #expect(try message([.anomaly, .anomaly]).contains("every row is known to be an anomaly"))
    }

    @Test func supervisedRows() throws {
        let few = try SupervisedRows(data([1, 2, 3], labels: [.unlabeled, .anomaly, .unlabeled]))
        #expect(few.rows == [0, 1, 2] && few.isAnomaly == [false, true, false])
        let some = try SupervisedRows(data([1, 2, 3], labels: [.unlabeled, .anomaly, .normal]))
        #expect(some.rows == [1, 2] && some.isAnomaly == [true, false])
    }

    @Test func weights() throws {
        let matrix = try Matrix(rows: [[1], [2]])
        let weighted = try Dataset(matrix, columns: [Column("x")], weights: [1, 0.5])
        #expect(try Pipeline(detector: Occurrences()).fit(weighted).featureCount == 1)
        #expect(weighted.rows(1..<2).weights == [0.5])
        let huge = error { _ = try weighted.replacing(labels: nil, weights: [1e308, 1e308]) }
        #expect(huge?.code == .invalidValue && huge?.message.contains("sum is infinite") == true)
        #expect(weighted.selectingRows([1, 0]).weights == [0.5, 1])
        #expect(try weighted.selectingColumns([0]).weights == [1, 0.5])
        #expect(error { _ = try CentroidDistance().fit(weighted) }?.code == .weightsNotTaken)
        for weights in [[-1, 1], [.nan, 1], [.infinity, 1], [0, 0]] {
            #expect(error { _ = try Dataset(matrix, columns: [Column("x")], weights: weights) }?.code == .invalidValue)
        }
        #expect(
            error { _ = try Dataset(matrix, columns: [Column("x")], weights: [1]) }?.code == .shapeMismatch)
    }
}
