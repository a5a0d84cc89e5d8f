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

    /// A column of two values that tells a little, beside columns of noise with as many values as rows.
    private func noisyTable() throws -> Dataset {
        var random = RandomSource(seed: 8)
        var rows: [[Double]] = []
        var labels: [Label] = []
        for row in 0..<400 {
            let isAnomaly = row % 8 == 0
            let tells: Double = random.uniform() < (isAnomaly ? 0.8 : 0.3) ? 1 : 0
            rows.append([random.normal(), random.normal(), tells, random.normal()])
            labels.append(isAnomaly ? .anomaly : .normal)
        }
        return try Dataset(rows: rows).replacing(labels: labels)
    }

    /// Impurity is measured where the trees were grown: noise gains there, and has more cuts to gain by.
    @Test func permutationDoesNotFavourColumnsOfManyValues() throws {
        let data = try noisyTable()
        let context = FitContext(seed: 3)
        let impurity = try ForestImportanceSelection(keep: 1).importance(in: data, context: context)
        let permutation = try ForestImportanceSelection(keep: 1, importance: .permutation)
            .importance(in: data, context: context)
        for noise in [0, 1, 3] {
            #expect(impurity[noise] > impurity[2])
            #expect(permutation[noise] < 0.5 * permutation[2], "\(permutation)")
        }
        #expect(permutation[2] > 0.02)
        let kept = try ForestImportanceSelection(keep: 1, importance: .permutation).fit(data, context: context).kept
        #expect(kept == [2])
    }

    @Test func permutationKeepsItsPromises() throws {
        let selection = ForestImportanceSelection(keep: 2, importance: .permutation, trees: 20)
        let failures = PreprocessorConformance.check(selection, registry: try testRegistry())
        #expect(failures.isEmpty, "\(failures)")
        let data = try noisyTable()
        func importance(_ threads: Int) throws -> [Double] {
            try selection.importance(in: data, context: FitContext(seed: 1, execution: Execution(threads: threads)))
        }
        #expect(try importance(1) == importance(3))
        // Columns that tell only together.
        var random = RandomSource(seed: 4)
        let rows = (0..<500).map { _ in (0..<30).map { _ in random.normal() } }
        let labels = rows.map { $0[11] * $0[23] > 1 ? Label.anomaly : .normal }
        let pair = try ForestImportanceSelection(keep: 2, importance: .permutation)
            .fit(Dataset(rows: rows).replacing(labels: labels), context: FitContext(seed: 1))
        #expect(pair.kept == [11, 23])
    }

    /// The lone anomaly is in every tree's sample.
    @Test func permutationNeedsRowsThatATreeHasNotSeen() throws {
        let data = try Dataset(rows: [[1], [2], [3], [9]])
            .replacing(labels: [.normal, .normal, .normal, .anomaly])
        let error = #expect(throws: OutlierError.self) {
            _ = try ForestImportanceSelection(keep: 1, importance: .permutation, trees: 10).fit(data)
        }
        #expect(error?.code == .notEnoughRows)
        // A column without a value, and a constant one, say nothing.
        let odd = try Dataset(rows: (0..<40).map { [.nan, 5, Double($0)] })
            .replacing(labels: (0..<40).map { $0 < 10 ? .anomaly : .normal })
        let importance = try ForestImportanceSelection(keep: 1, importance: .permutation, trees: 30)
            .importance(in: odd)
        #expect(importance[0] == 0 && importance[1] == 0 && importance[2] > 0.1)
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
