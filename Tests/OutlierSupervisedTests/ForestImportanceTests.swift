import Foundation
import OutlierCore
import OutlierSupervised
import OutlierTesting
import Testing

@Suite struct ForestImportanceTests {
    @Test func keepsItsPromises() throws {
        let failures = PreprocessorConformance.check(
            ForestImportanceSelection(keep: 2, trees: 20), registry: try testRegistry())
        #expect(failures.isEmpty, "\(failures)")
    }

    /// The importances of scikit-learn's random forests: see make_forest_importance.py.
    @Test func agreesWithTheReference() throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/forest_importance.json")
        let root = try Value(json: Data(contentsOf: url))
        let rows = (root["values"]?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
        let labels = (root["truth"]?.array ?? []).map { $0.bool == true ? Label.anomaly : .normal }
        let expected = (root["importances"]?.array ?? []).compactMap(\.double)
        let importance = try ForestImportanceSelection(keep: 3, trees: 500).importance(
            in: Dataset(rows: rows).replacing(labels: labels), context: FitContext(seed: 1))
        try #require(expected.count == 9 && importance.count == 9)
        #expect(abs(importance.reduce(0, +) - 1) < 1e-9)
        for (own, reference) in zip(importance, expected) { #expect(abs(own - reference) < 0.03, "\(importance)") }
    }

    /// Neither column tells anything alone.
    @Test func columnsThatTellTogetherAreKept() throws {
        var random = RandomSource(seed: 4)
        let rows = (0..<500).map { _ in (0..<30).map { _ in random.normal() } }
        let labels = rows.map { $0[11] * $0[23] > 1 ? Label.anomaly : .normal }
        let data = try Dataset(rows: rows).replacing(labels: labels)
        #expect(try ForestImportanceSelection(keep: 2).fit(data, context: FitContext(seed: 1)).kept == [11, 23])
    }

    @Test func degenerateTables() throws {
        func kept(_ rows: [[Double]], _ labels: [Label]?) throws -> [Int] {
            try ForestImportanceSelection(keep: 2, trees: 10)
                .fit(Dataset(rows: rows).replacing(labels: labels), context: FitContext(seed: 1)).kept
        }
        let labels: [Label] = [.anomaly, .normal, .normal, .anomaly]
        // An empty column, a constant one, and one that tells.
        let rows: [[Double]] = [[.nan, 5, 9], [.nan, 5, 1], [.nan, 5, 2], [.nan, 5, 8]]
        #expect(try kept(rows, labels).contains(2))
        // Nothing tells: the first columns.
        #expect(try kept(rows.map { [$0[1], $0[1], $0[1]] }, labels) == [0, 1])
        for bad: [Label]? in [nil, [.normal, .normal, .normal, .normal], [.anomaly, .anomaly, .anomaly, .anomaly]] {
            #expect(throws: OutlierError.self) { try kept(rows, bad) }
        }
        #expect(throws: OutlierError.self) { try kept([[1, 2]], [.anomaly]) }
    }

    @Test func manyColumns() throws {
        var random = RandomSource(seed: 1)
        var matrix = Matrix(rowCount: 20, columnCount: 100_000)
        for row in 0..<20 {
            for column in 0..<100_000 { matrix[row, column] = random.uniform() }
            matrix[row, 70_000] = row < 5 ? 2 : 0
        }
        let data = try Dataset(matrix).replacing(labels: (0..<20).map { $0 < 5 ? .anomaly : .normal })
        #expect(try ForestImportanceSelection(keep: 10).fit(data, context: FitContext(seed: 1)).kept.count == 10)
    }
}
