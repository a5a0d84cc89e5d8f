import Foundation
import OutlierCore
import PluginHost
import Testing

@Suite struct ManifestPreprocessorTests {
    private static let body = """
        preprocessors:
          squares:
            thread-safe: true
            apply:
              symbol: squares
              each: row
              arguments:
                [{type: const double *, is: row}, {type: size_t, is: columns}, {type: double *, is: output}]
          halves:
            apply:
              symbol: halve
              arguments: [{type: double *, is: matrix}, {type: size_t, is: elements}]
          sums:
            output-columns: 2
            apply:
              symbol: sums_and_products
              arguments:
                - {type: const float *, is: matrix, order: column-major}
                - {type: int, is: rows}
                - {type: int, is: columns}
                - {type: float *, is: output, order: column-major}
                - {type: int, is: output-columns}
              returns: {type: int, is: status}
          medians:
            thread-safe: true
            state: {doubles: columns}
            fit:
              symbol: median
              each: column
              arguments: [{type: double *, is: column}, {type: size_t, is: stride}, {type: size_t, is: rows}]
              returns: {type: double, is: state}
            apply:
              symbol: subtract
              each: row
              arguments:
                [{type: double *, is: row}, {type: int, is: columns}, {type: const double *, is: state}]

        """
    private static let system = """
        plugin: mathematics
        library: {system: libm.so.6}
        preprocessors:
          logarithm: {thread-safe: true, apply: {symbol: log, each: value, arguments: [{type: double, is: value}], returns: {type: double, is: value}}}
          arctangent: {apply: {symbol: atanf, each: value, arguments: [{type: float, is: value}], returns: {type: float, is: value}}}

        """

    private func applied(_ name: String, _ registry: Registry, _ data: Dataset) throws -> Dataset {
        let fitted: any FittedPreprocessor = try registry.preprocessor(name).fit(data)
        return try fitted.transform(data)
    }

    @Test func changesRowsTablesAndValues() throws {
        let registry = try TestLibrary.registry(Self.body)
        let data = try TestLibrary.table(rows: 5000)
        let values = data.matrix.values
        #expect(try applied("squares", registry, data).matrix.values == values.map { $0 * $0 })
        #expect(try applied("halves", registry, data).matrix.values == values.map { $0 / 2 })
        #expect(data.matrix.values == values)
        let sums = try applied("sums", registry, data)
        #expect(sums.columns.map(\.name) == ["sums-1", "sums-2"])
        for row in [0, 17, 4999] {
            let floats = data.matrix.row(row).map(Float.init)
            #expect(sums.matrix[row, 0] == Double(floats.reduce(0, +)))
            #expect(sums.matrix[row, 1] == Double(floats.reduce(1, *)))
        }
    }

    #if os(Linux)
        @Test func callsTheSystemsLibraryForEachValue() throws {
            let registry = try TestLibrary.registry(Self.system, head: "")
            let data = Dataset(try Matrix(rowCount: 2, columnCount: 2, values: [1, 2, 4, 8]))
            let logarithms = try applied("logarithm", registry, data).matrix.values
            #expect(zip(logarithms, [0, 1, 2, 3]).allSatisfy { abs($0 - $1 * 0.6931471805599453) < 1e-15 })
            #expect(try applied("arctangent", registry, data).matrix[0, 0] == Double(Float(0.7853982)))
            let negative = Dataset(try Matrix(rowCount: 2, columnCount: 1, values: [1, -1]))
            let failure = error { _ = try applied("logarithm", registry, negative) }
            #expect(failure?.code == .pluginFailed)
            #expect(failure?.message == "the plug-in “mathematics”: “log” gave no number (NaN) for row 2, column 1")
            let zero = error { _ = try applied("logarithm", registry, Dataset(Matrix(rowCount: 1, columnCount: 1))) }
            #expect(zero?.message.contains("infinite") == true)
        }
    #endif

    @Test func fitsEachColumn() throws {
        let registry = try TestLibrary.registry(Self.body)
        let data = try TestLibrary.table(rows: 301)
        let model = try Pipeline(
            preprocessors: [registry.preprocessor("medians")], detector: SumOfValues()
        ).fit(data)
        let medians = (0..<4).map { data.matrix.column($0).sorted()[150] }
        let expected = (0..<301).map { row in zip(data.matrix.row(row), medians).reduce(0) { $0 + ($1.0 - $1.1) } }
        #expect(try model.scores(of: data).values == expected)
        let path = TestLibrary.folder.appendingPathComponent("medians.outlier").path
        try model.save(to: path)
        var loading = registry
        try loading.register(SumOfValues.self, plugin: "Tests")
        #expect(try FittedPipeline(contentsOf: path, registry: loading).scores(of: data).values == expected)
    }
}

/// A row's score is the sum of its values.
private struct SumOfValues: Detector {
    static let name = "sum"
    static let summary = "For the tests."

    func train(on data: Dataset, context: FitContext) throws -> Model { Model(featureCount: data.columnCount) }

    struct Model: FittedDetector {
        let featureCount: Int

        init(featureCount: Int) { self.featureCount = featureCount }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map { data.matrix.row($0).reduce(0, +) }
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "columns") }
        init(from archive: ModelArchive, registry: Registry) throws {
            featureCount = try archive.integer("columns", in: 1...100)
        }
    }
}
