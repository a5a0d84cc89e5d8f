import Foundation
import OutlierCore
import OutlierPreprocessing
import OutlierStatistical
import Testing

/// What scikit-learn makes of small tables: see make_preparation.py.
struct PreparationFixture {
    struct Case: CustomTestStringConvertible {
        let preprocessor: Recipe
        let train: Dataset
        let new: Dataset
        let trainResult: Matrix
        let newResult: Matrix
        let tolerance: Double

        var testDescription: String { preprocessor.value.description }
    }

    static let cases: [Case] = {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/preparation.json")
        guard let data = try? Data(contentsOf: url), let root = try? Value(json: data) else { return [] }
        return (root["cases"]?.array ?? []).compactMap { entry in
            guard let name = entry["preprocessor"]?.string,
                let table = entry["table"]?.string.flatMap({ root["tables"]?[$0] }),
                let train = try? dataset(table["train"], table), let new = try? dataset(table["new"], table),
                let trainResult = try? Matrix(rows: rows(entry["train"])),
                let newResult = try? Matrix(rows: rows(entry["new"]))
            else { return nil }
            return Case(
                preprocessor: Recipe(name: name, parameters: entry["parameters"] ?? .object([])), train: train,
                new: new, trainResult: trainResult, newResult: newResult,
                tolerance: entry["tolerance"]?.double ?? 1e-6)
        }
    }()

    /// `null` is a missing value.
    private static func rows(_ value: Value?) -> [[Double]] {
        (value?.array ?? []).map { row in (row.array ?? []).map { $0.double ?? .nan } }
    }

    private static func dataset(_ value: Value?, _ table: Value) throws -> Dataset {
        let matrix = try Matrix(rows: rows(value))
        let kinds = table["levels"]?.array
        let columns = (0..<matrix.columnCount).map { index -> Column in
            let levels = kinds?[index].array?.compactMap(\.string)
            return Column("x\(index + 1)", kind: levels.map { .category(levels: $0) } ?? .number)
        }
        let labels = table["labels"]?.array.map { $0.map { $0 == 1 ? Label.anomaly : .normal } }
        return try Dataset(matrix, columns: columns, labels: labels?.count == matrix.rowCount ? labels : nil)
    }
}

extension Registry {
    /// What the core and this family have.
    static func forTests() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(PreprocessingPlugin.self)
        try registry.register(StatisticalPlugin.self)
        return registry
    }
}

/// The error that `body` throws, or `nil`.
func error(_ body: () throws -> Void) -> OutlierError? {
    do {
        try body()
        return nil
    } catch {
        return error as? OutlierError
    }
}
