import Foundation
import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

@Suite struct IsolationForestTests {
    /// c(n) as Liu, Ting & Zhou (2012) define it.
    static func meanPath(_ count: Int) -> Double {
        if count < 2 { return 0 }
        if count == 2 { return 1 }
        let n = Double(count)
        return 2 * (log(n - 1) + 0.577_215_664_901_532_9) - 2 * (n - 1) / n
    }

    static func table(rows: Int, columns: Int, seed: UInt64 = 3) -> Dataset {
        var random = RandomSource(seed: seed)
        return Dataset(
            Matrix(rowCount: rows, columnCount: columns) { values in
                for index in values.indices {
                    let value = random.normal()
                    // Ties, and values that only 64 bits tell apart.
                    let shown = index % 3 == 0 ? value.rounded() : 1 + value * 1e-12
                    values.initializeElement(at: index, to: shown)
                }
            })
    }

    /// Walks every tree by hand and adds up its path lengths in the order of the trees.
    static func scoresByHand(_ model: FittedIsolationForest, _ data: Dataset) throws -> [Double] {
        let forest = try TreeReading(model)
        let factor = -1 / (Double(forest.trees.count) * meanPath(forest.sampleSize))
        return (0..<data.rowCount).map { row in
            let values = data.matrix.row(row)
            var sum = 0.0
            for tree in forest.trees {
                let (leaf, depth) = forest.leaf(of: values, in: tree)
                sum += Double(depth) + meanPath(leaf.rows)
            }
            return exp2(sum * factor)
        }
    }

    @Test(arguments: [
        (1, 1, 5), (7, 1, 300), (2, 3, 100), (40, 10, 3001), (30, 16, 2500), (30, 17, 2500), (20, 33, 2100),
        (20, 70, 2100),
    ])
    func kernelEqualsPlainDescent(trees: Int, columns: Int, rows: Int) throws {
        let data = Self.table(rows: rows, columns: columns)
        let model = try IsolationForest(trees: trees).fit(data, context: FitContext(seed: 11))
        let other = Self.table(rows: rows + 13, columns: columns, seed: 4)
        #expect(try model.scores(of: data).values == Self.scoresByHand(model, data))
        #expect(try model.scores(of: other).values == Self.scoresByHand(model, other))
    }

    @Test func largeSamplesGiveDeepTrees() throws {
        let data = Self.table(rows: 5000, columns: 4)
        let model = try IsolationForest(trees: 5, sampleSize: 5000).fit(data)
        #expect(try model.scores(of: data).values == Self.scoresByHand(model, data))
    }

    @Test func everyRowOfTheSampleIsInOneLeaf() throws {
        let data = Self.table(rows: 1000, columns: 5)
        let forest = try TreeReading(try IsolationForest(trees: 20).fit(data))
        #expect(forest.trees.count == 20)
        for tree in forest.trees {
            let leaves = tree.filter { $0.children == nil }
            #expect(leaves.reduce(0) { $0 + $1.rows } == 256)
            for node in tree {
                if let (left, right) = node.children {
                    #expect(tree[left].rows + tree[right].rows == node.rows)
                    #expect(tree[left].rows > 0 && tree[right].rows > 0)
                }
            }
        }
    }

    @Test func pathsStopAtTheHeightLimit() throws {
        let forest = try TreeReading(try IsolationForest(trees: 10).fit(Self.table(rows: 2000, columns: 3)))
        for tree in forest.trees {
            func height(_ node: Int) -> Int {
                guard let (left, right) = tree[node].children else { return 0 }
                return 1 + max(height(left), height(right))
            }
            #expect(height(0) <= 8)
        }
    }

    /// The mean depth in a tree of continuous values that was grown to its end is c(n), with the exact harmonic number.
    @Test func meanDepthIsThePapers() throws {
        var random = RandomSource(seed: 1)
        let count = 100
        let data = Dataset(
            Matrix(rowCount: count, columnCount: 1) { values in
                for index in values.indices { values.initializeElement(at: index, to: random.uniform()) }
            })
        let model = try IsolationForest(trees: 400).fit(data)
        let forest = try TreeReading(model)
        let paths = (0..<count).map { row in
            let values = data.matrix.row(row)
            let lengths = forest.trees.map { tree in
                let (leaf, depth) = forest.leaf(of: values, in: tree)
                return Double(depth) + Self.meanPath(leaf.rows)
            }
            return lengths.reduce(0, +) / Double(lengths.count)
        }
        // Rows that are uniformly distributed are cut like keys of a random search tree.
        #expect(abs(paths.reduce(0, +) / Double(count) - Self.meanPath(count)) < 0.5)
    }

    @Test func equalRowsAreOrdinary() throws {
        let data = try Dataset(rows: Array(repeating: [1, 2], count: 300))
        let scores = try IsolationForest().fitAndScore(data).scores.values
        #expect(scores.allSatisfy { abs($0 - 0.5) < 1e-12 })
        let one = try IsolationForest().fitAndScore(Dataset(rows: [[1, 2, 3]])).scores.values
        #expect(one == [0.5])
    }

    @Test func constantColumnsAreNeverCut() throws {
        var random = RandomSource(seed: 2)
        let data = try Dataset(rows: (0..<500).map { _ in [3, random.normal(), -1] })
        let forest = try TreeReading(try IsolationForest(trees: 20).fit(data))
        for node in forest.trees.joined() where node.children != nil { #expect(node.feature == 1) }
    }

    @Test func aTreeCutsItsShareOfTheFeatures() throws {
        let data = Self.table(rows: 500, columns: 10)
        let forest = try TreeReading(try IsolationForest(trees: 50, featureShare: 0.3).fit(data))
        var used: Set<Int> = []
        for tree in forest.trees {
            let features = Set(tree.filter { $0.children != nil }.map(\.feature))
            #expect(features.count <= 3)
            used.formUnion(features)
        }
        #expect(used.count == 10)
    }

    @Test func widestRangeDoesNotOverflow() throws {
        let edge = Double.greatestFiniteMagnitude
        let least = Double.leastNonzeroMagnitude
        let data = try Dataset(rows: [[-edge], [edge], [0], [1], [-1], [edge / 2], [least], [-least]])
        let model = try IsolationForest(trees: 50).fit(data)
        let scores = try model.scores(of: data).values
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(try scores == Self.scoresByHand(model, data))
    }

    @Test func scoresArePapersScores() throws {
        let (data, truth) = SyntheticData.clusters(rows: 600, anomalies: 20)
        let scores = try IsolationForest().fitAndScore(data).scores.values
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
        let anomalies = scores.indices.filter { truth[$0] }.map { scores[$0] }
        let ordinary = scores.indices.filter { !truth[$0] }.map { scores[$0] }
        #expect(anomalies.reduce(0, +) / Double(anomalies.count) > 0.6)
        #expect(ordinary.reduce(0, +) / Double(ordinary.count) < 0.5)
    }
}
