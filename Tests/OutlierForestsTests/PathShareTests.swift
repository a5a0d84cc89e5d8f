import OutlierCore
import OutlierForests
import Testing

@Suite struct PathShareTests {
    /// The mean path length of a row of which only some features are known: where the feature of a cut is not, the row
    /// goes both ways in the proportion of the sample.
    private static func path(_ row: [Double], known: Set<Int>, tree: [TreeReading.Node], at index: Int, depth: Int)
        -> Double
    {
        let node = tree[index]
        guard let children = node.children else { return Double(depth) + IsolationForestTests.meanPath(node.rows) }
        if known.contains(node.feature) {
            let next = row[node.feature] <= node.threshold ? children.left : children.right
            return path(row, known: known, tree: tree, at: next, depth: depth + 1)
        }
        let left = path(row, known: known, tree: tree, at: children.left, depth: depth + 1)
        let right = path(row, known: known, tree: tree, at: children.right, depth: depth + 1)
        let share = Double(tree[children.left].rows) / Double(node.rows)
        return share * left + (1 - share) * right
    }

    /// Shapley values by their definition, over all subsets of five features.
    @Test func agreesWithAllSubsets() throws {
        let data = IsolationForestTests.table(rows: 90, columns: 5)
        let model = try IsolationForest(trees: 6, sampleSize: 64).fit(data, context: FitContext(seed: 5))
        let forest = try TreeReading(model)
        let rows = [0, 7, 33]
        let shares = try model.contributions(of: data.selectingRows(rows), execution: Execution(threads: 1))
        let factorials = [1.0, 1, 2, 6, 24, 120]
        for (index, number) in rows.enumerated() {
            let row = data.matrix.row(number)
            func value(_ known: Set<Int>) -> Double {
                forest.trees.reduce(0) { $0 + Self.path(row, known: known, tree: $1, at: 0, depth: 0) }
                    / Double(forest.trees.count)
            }
            for feature in 0..<5 {
                var expected = 0.0
                for bits in 0..<32 where bits & (1 << feature) == 0 {
                    let known = Set((0..<5).filter { bits & (1 << $0) != 0 })
                    let weight = factorials[known.count] * factorials[4 - known.count] / factorials[5]
                    expected += weight * (value(known.union([feature])) - value(known))
                }
                #expect(abs(shares[index, feature] + expected) < 1e-9, "row \(number), feature \(feature)")
            }
            let sum = (0..<5).reduce(0) { $0 + shares[index, $1] }
            #expect(abs(sum - (value([]) - value([0, 1, 2, 3, 4]))) < 1e-9)
        }
    }

    @Test func aRowsSharesAreItsOwn() throws {
        let data = IsolationForestTests.table(rows: 200, columns: 3)
        let model = try IsolationForest(trees: 20).fit(data, context: FitContext(seed: 5))
        let whole = try model.contributions(of: data, execution: Execution(threads: 3))
        let one = try model.contributions(of: data.rows(50..<51), execution: Execution(threads: 1))
        #expect(one.row(0) == whole.row(50))
        #expect(throws: OutlierError.self) {
            try model.contributions(of: data.selectingColumns([0]), execution: Execution(threads: 1))
        }
        // One row, and columns that do not vary: nothing to share out.
        let still = try IsolationForest(trees: 3).fit(Dataset(rows: [[1, 2], [1, 2]]))
        #expect(try still.contributions(of: Dataset(rows: [[9, 9]]), execution: Execution()).values == [0, 0])
    }
}
