import OutlierCore
import Testing

@Suite struct FineTuningTests {
    /// A centre that moves from where it was towards the mean of the new rows.
    struct MovingCenter: FineTunable {
        static let name = "moving-center"
        static let summary = "Distance to a centre."

        func train(on data: Dataset, context: FitContext) throws -> Model {
            Model(names: data.columns.map(\.name), center: Self.means(data))
        }

        func fineTune(
            _ model: Model, on data: Dataset, settings: FineTuning, context: FitContext
        ) throws -> (model: Model, scores: [Double]) {
            let names = data.columns.map(\.name)
            let places = settings.places(of: names, in: model.names)
            let center = zip(places, Self.means(data)).map { place, mean in
                place.map { model.center[$0] + settings.learningRate * (mean - model.center[$0]) } ?? mean
            }
            let tuned = Model(names: names, center: center)
            return (tuned, try tuned.computeScores(of: data, execution: context.execution))
        }

        private static func means(_ data: Dataset) -> [Double] {
            (0..<data.columnCount).map { data.matrix.column($0).reduce(0, +) / Double(data.rowCount) }
        }

        struct Model: FittedDetector {
            let names: [String]
            let center: [Double]
            var featureCount: Int { center.count }

            init(names: [String], center: [Double]) {
                self.names = names
                self.center = center
            }

            func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
                (0..<data.rowCount).map { row in
                    center.indices.reduce(0) { $0 + abs(data.matrix[row, $1] - center[$1]) }
                }
            }

            func encode(to archive: inout ModelArchive) throws { archive.store(center, as: "center") }

            init(from archive: ModelArchive, registry: Registry) throws {
                center = try archive.doubles("center")
                names = []
            }
        }
    }

    private func table(_ names: [String], _ rows: [[Double]]) throws -> Dataset {
        try Dataset(Matrix(rows: rows), columns: names.map { Column($0) })
    }

    private func center(_ model: FittedPipeline) throws -> [Double] {
        try #require(model.detector as? MovingCenter.Model).center
    }

    @Test func goesOnFromTheFirstModel() throws {
        let pipeline = Pipeline { MovingCenter() }
        let first = try pipeline.fit(table(["a", "b"], [[0, 10], [2, 10]]))
        let fit = try pipeline.fitAndScore(
            table(["a", "b"], [[5, 10], [5, 30]]), startingFrom: first, settings: FineTuning(learningRate: 0.5))
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(try center(model) == [3, 15])
        #expect(scores == [7, 17])
    }

    @Test func columnsAreFoundByName() throws {
        let pipeline = Pipeline { MovingCenter() }
        let first = try pipeline.fit(table(["a", "b"], [[0, 10], [2, 10]]))
        let settings = FineTuning(learningRate: 0.5, columns: ["amount": "b"])
        // In another order, one renamed: the first model's columns and order, under the new names.
        let same = try pipeline.fitAndScore(
            table(["amount", "a"], [[20, 5]]), startingFrom: first, settings: settings
        ).model
        #expect(same.columns.map(\.name) == ["a", "amount"])
        #expect(try center(same) == [3, 15])
        #expect(try same.scores(of: table(["amount", "a"], [[15, 4]])).values == [1])
        // One column is new and begins anew, one is gone.
        let other = try pipeline.fitAndScore(
            table(["new", "amount"], [[7, 20]]), startingFrom: first, settings: settings
        ).model
        #expect(try center(other) == [7, 15])
    }

    @Test func preprocessorsStayAsTheyWere() throws {
        let pipeline = Pipeline {
            StandardScaler()
            MovingCenter()
        }
        let first = try pipeline.fit(table(["a"], [[0], [2]]))
        let model = try pipeline.fitAndScore(
            table(["a"], [[9], [9]]), startingFrom: first, settings: FineTuning(learningRate: 1)
        ).model
        // (9 − 1) / 1: a scaler fitted on the new rows would give 0.
        #expect(try center(model) == [8])
    }

    @Test func mistakesAreSaid() throws {
        let pipeline = Pipeline { MovingCenter() }
        let data = try table(["a"], [[0], [2]])
        let first = try pipeline.fit(data)
        #expect(throws: OutlierError.self) {
            try Pipeline { CentroidDistance() }.fitAndScore(data, startingFrom: first)
        }
        for columns in [["b": "a"], ["a": "z"]] {
            do {
                _ = try pipeline.fitAndScore(data, startingFrom: first, settings: FineTuning(columns: columns))
                Issue.record("the columns \(columns) were taken")
            } catch let error as OutlierError {
                #expect(error.code == .columnMismatch)
            }
        }
        #expect(throws: OutlierError.self) {
            try pipeline.fitAndScore(data, startingFrom: first, settings: FineTuning(learningRate: 0))
        }
    }

    @Test func partsAreFrozenByName() {
        let settings = FineTuning(freeze: ["encoder", "decoder.2"])
        #expect(settings.freezes("encoder.1"))
        #expect(settings.freezes("encoder"))
        #expect(!settings.freezes("encoders"))
        #expect(settings.freezes("decoder.2"))
        #expect(!settings.freezes("decoder.1"))
        #expect(settings.epochs(usual: 10) == 3)
        #expect(FineTuning(epochs: 7).epochs(usual: 10) == 7)
    }
}
