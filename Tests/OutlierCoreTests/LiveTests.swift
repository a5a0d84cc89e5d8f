import OutlierCore
import Testing

/// The distance from the mean of all rows that it has seen.
private struct RunningMean: Detector {
    static let name = "running-mean"
    static let summary = "Distance from the mean of all rows seen."
    static var parameters: [Parameter<RunningMean>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        var model = Fitted(count: 0, sums: [Double](repeating: 0, count: data.columnCount))
        try model.computeUpdate(with: data, context: context)
        return model
    }

    struct Fitted: FittedDetector, Updatable {
        var count: Double
        var sums: [Double]
        var featureCount: Int { sums.count }

        init(count: Double, sums: [Double]) {
            self.count = count
            self.sums = sums
        }

        mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
            for row in 0..<data.rowCount {
                for column in sums.indices { sums[column] += data.matrix[row, column] }
                count += 1
            }
        }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map { row in
                sums.indices.reduce(0) { $0 + abs(data.matrix[row, $1] - sums[$1] / count) }
            }
        }

        func encode(to archive: inout ModelArchive) throws { archive.store([count] + sums, as: "numbers") }
        init(from archive: ModelArchive, registry: Registry) throws {
            let numbers = try archive.doubles("numbers")
            self.init(count: numbers.first ?? 0, sums: Array(numbers.dropFirst()))
        }
    }
}

/// Subtracts the largest value of each column that it has seen.
private struct RunningMaximum: Preprocessor {
    static let name = "running-maximum"
    static let summary = "Subtracts the largest value seen."
    static var parameters: [Parameter<RunningMaximum>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        var fitted = Fitted(largest: [Double](repeating: -.infinity, count: data.columnCount))
        try fitted.computeUpdate(with: data, context: context)
        return fitted
    }

    struct Fitted: FittedPreprocessor, Updatable {
        var largest: [Double]
        var featureCount: Int { largest.count }

        init(largest: [Double]) { self.largest = largest }

        mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
            for row in 0..<data.rowCount {
                for column in largest.indices { largest[column] = max(largest[column], data.matrix[row, column]) }
            }
        }

        func apply(to data: Dataset, execution: Execution) throws -> Dataset {
            var matrix = data.matrix
            for row in 0..<data.rowCount {
                for column in largest.indices { matrix[row, column] -= largest[column] }
            }
            return try data.replacing(matrix)
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(largest, as: "largest") }
        init(from archive: ModelArchive, registry: Registry) throws { largest = try archive.doubles("largest") }
    }
}

@Suite struct LiveTests {
    private func rows(_ values: [Double]) throws -> Dataset {
        try Dataset(Matrix(rows: values.map { [$0] }), columns: [Column("x")])
    }

    @Test func eachRowIsScoredByTheRowsBeforeIt() throws {
        let pipeline = Pipeline { RunningMean() }
        let model = try pipeline.fit(rows([2, 4]))
        var live = try Live(model)
        // Means before: 3, 5, 4.
        #expect(try live.scoreThenLearn(rows([9, 1, 6])).values == [6, 4, 2])
        // In batches of two: 3 and 3, then 4.
        var batches = try Live(model)
        #expect(try batches.scoreThenLearn(rows([9, 1, 6]), batch: 2).values == [6, 2, 2])
        #expect(try batches.score(rows([4.4])) == live.score(rows([4.4])))
        #expect(throws: OutlierError.self) { try batches.scoreThenLearn(rows([1]), batch: 0) }
        // One row at a time, without a table.
        var single = try Live(model)
        #expect(try [9, 1, 6].map { try single.scoreThenLearn([$0]) } == [6, 4, 2])
        #expect(throws: OutlierError.self) { try single.score([1, 2]) }
        // The model that it began with stays as it was.
        #expect(try model.scores(of: rows([3])).values == [0])
    }

    @Test func thePartThatCannotLearnIsNamed() throws {
        let nested = Pipeline(
            detector: Pipeline {
                StandardScaler()
                CentroidDistance()
            })
        let model = try nested.fit(rows([1, 2, 3]))
        #expect(model.updateObstacle?.component == "centroid")
        let error = #expect(throws: OutlierError.self) { try Live(model) }
        #expect(error?.code == .notUpdatable && error?.component == "centroid")
        #expect(throws: OutlierError.self) { try model.updated(with: rows([1])) }
    }

    @Test func preprocessorsStayAsTheyWereFittedUnlessTheyLearn() throws {
        var fixed = try Live(
            Pipeline {
                MinMaxScaler()
                RunningMean()
            }.fit(rows([0, 10])))
        // Scaled by 10 throughout: the means are 0.5, then 1.
        #expect(try fixed.scoreThenLearn(rows([20, 10])).values == [1.5, 0])
        var learning = try Live(
            Pipeline {
                RunningMaximum()
                RunningMean()
            }.fit(rows([0, 10])))
        // The largest value is 10, the mean -5: 20 is 10 before it is learnt, and 0 afterwards.
        #expect(try learning.scoreThenLearn(rows([20])).values == [15])
        #expect(abs(try #require(learning.score(rows([20])).first) - 10.0 / 3) < 1e-12)
    }

    @Test func snapshotsStayAsTheyAre() throws {
        var live = try Live(Pipeline { RunningMean() }.fit(rows([2, 4])))
        let before = live.snapshot()
        try live.learn(rows([9]))
        let after = live.snapshot()
        #expect(try before.scores(of: rows([3])).values == [0])
        #expect(try after.scores(of: rows([3])).values == [2])
        try live.restore(before)
        #expect(try live.score(rows([3])).values == [0])
        // What is saved and loaded goes on as the other does.
        var registry = try Registry.forTests()
        try registry.register(RunningMean.self, plugin: "Tests")
        var archive = ModelArchive()
        try after.encode(to: &archive)
        var loaded = try Live(FittedPipeline(from: archive, registry: registry))
        var kept = try Live(after)
        #expect(try loaded.scoreThenLearn(rows([1, 7])) == kept.scoreThenLearn(rows([1, 7])))
    }

    @Test func wrongRowsAreRefusedAndNoRowsChangeNothing() throws {
        var live = try Live(Pipeline { RunningMean() }.fit(rows([2, 4])))
        try live.learn(rows([1]).rows(0..<0))
        #expect(throws: OutlierError.self) { try live.learn(rows([.infinity])) }
        #expect(throws: OutlierError.self) { try live.learn(rows([.nan])) }
        #expect(throws: OutlierError.self) { try live.learn(Dataset(rows: [[1, 2]])) }
        #expect(try live.score(rows([3])).values == [0])
    }

    /// Where the model's numbers are tells whether a row copied them.
    @Test func noRowCopiesTheModel() throws {
        let width = 1000
        let data = Dataset(Matrix(rowCount: 40, columnCount: width))
        let columns = data.columns
        var live = try Live(
            Pipeline(
                detector: Pipeline {
                    StandardScaler()
                    RunningMean()
                }
            ).fit(data))
        func address() throws -> Int {
            let outer = live.snapshot().detector
            let inner = try #require(outer as? FittedPipeline)
            let model = try #require(inner.detector as? RunningMean.Fitted)
            return model.sums.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
        }
        // The first row is learnt while the fit's own value may still be there.
        try live.learn(data.rows(0..<1))
        let first = try address()
        for row in 1..<40 {
            try live.learn(data.rows(row..<row + 1))
            #expect(try address() == first)
        }
        #expect(live.snapshot().columns == columns)
    }
}
