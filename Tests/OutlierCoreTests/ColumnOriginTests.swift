import Foundation
import OutlierCore
import Testing

/// Explains a row by its own values.
private struct Itself: Detector {
    static let name = "itself"
    static let summary = "The sum of a row."
    static var parameters: [Parameter<Itself>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted { Fitted(featureCount: data.columnCount) }

    struct Fitted: Explainable {
        let featureCount: Int

        init(featureCount: Int) { self.featureCount = featureCount }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map { data.matrix.row($0).reduce(0, +) }
        }

        func contributions(of data: Dataset, execution: Execution) throws -> Matrix { data.matrix }
        func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }
        init(from archive: ModelArchive, registry: Registry) throws {
            featureCount = try archive.integer("features", in: 0...1000)
        }
    }
}

/// Turns columns round, says the names that it is told, and of origins nothing, or what cannot be.
private struct Reverse: Preprocessor {
    static let name = "reverse"
    static let summary = "The columns in the other order."
    static var parameters: [Parameter<Reverse>] { [] }

    var origin: Column.Origin?

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        Fitted(featureCount: data.columnCount, origin: origin)
    }

    struct Fitted: FittedPreprocessor {
        let featureCount: Int
        let origin: Column.Origin?

        init(featureCount: Int, origin: Column.Origin?) {
            self.featureCount = featureCount
            self.origin = origin
        }

        func apply(to data: Dataset, execution: Execution) throws -> Dataset {
            try data.replacing(
                data.matrix.selectingColumns((0..<featureCount).reversed()),
                columns: data.columns.map { Column($0.name, origin: origin) })
        }

        func encode(to archive: inout ModelArchive) throws {}
        init(from archive: ModelArchive, registry: Registry) throws { self.init(featureCount: 2, origin: nil) }
    }
}

@Suite struct ColumnOriginTests {
    private let data: Dataset

    init() throws {
        // A column whose name looks as if another was made of it.
        data = try Dataset(
            Matrix(rows: [[1, 0, 5], [2, 1, .nan], [3, 2, 7], [9, 0, 8]]),
            columns: [Column("a"), Column("a=b", kind: .category(levels: ["x", "y", "z"])), Column("c")])
    }

    @Test func whatMakesAColumnOfOneOtherSaysSo() throws {
        let model = try Pipeline {
            OneHotEncoder()
            Imputer()
            StandardScaler()
            Itself()
        }.fit(data)
        let origins = try model.prepared(data).columns.map(\.origin)
        #expect(origins == [0, 1, 1, 1, 2].map { .column($0) })
        let explained = try model.explain(data)
        #expect(explained.allSatisfy { $0.method == .native })
        // Terms of 0 and 1 are the category's own: by definition the sums over its columns.
        let terms = try #require(model.explainer).contributions(of: data, execution: Execution())
        let inner = try model.prepared(data).matrix
        for row in 0..<data.rowCount {
            #expect(terms[row, 0] == inner[row, 0])
            #expect(terms[row, 1] == inner[row, 1] + inner[row, 2] + inner[row, 3])
            #expect(terms[row, 2] == inner[row, 4])
        }
    }

    @Test func aPipelineWithinAPipelineIsExplained() throws {
        let numbers = try Dataset(rows: [[1, 2], [3, 4], [9, 0]])
        let nested = try Pipeline(
            preprocessors: [StandardScaler()], detector: Pipeline(preprocessors: [MinMaxScaler()], detector: Itself())
        ).fit(numbers)
        #expect(try nested.explain(numbers).allSatisfy { $0.method == .native })
        // A table that somebody has numbered is the same table.
        let again = try Pipeline(detector: Itself()).fit(numbers.numberingColumns)
        #expect(again.columns == numbers.columns)
        #expect(try again.scores(of: numbers) == again.scores(of: numbers.numberingColumns))
    }

    @Test func whatSaysNothingIsUnknownWhateverTheNames() throws {
        let numbers = try Dataset(rows: [[1, 2], [3, 4], [9, 0]])
        for origin in [nil, .column(2), .column(-1)] as [Column.Origin?] {
            let model = try Pipeline(preprocessors: [Reverse(origin: origin)], detector: Itself()).fit(numbers)
            #expect(model.explainer == nil)
            #expect(try model.explain(numbers).allSatisfy { $0.method == .shapley })
            #expect(throws: OutlierError.self) { try model.explain(numbers, method: .native) }
        }
    }

    @Test func columnsThatWereWrittenBeforeAreRead() throws {
        let column = try JSONDecoder().decode(Column.self, from: Data(#"{"name": "x", "kind": {"number": {}}}"#.utf8))
        #expect(column == Column("x"))
        let lagged = Column("y", origin: .column(3, lag: 5))
        #expect(try JSONDecoder().decode(Column.self, from: JSONEncoder().encode(lagged)) == lagged)
    }
}
