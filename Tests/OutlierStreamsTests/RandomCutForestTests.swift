import OutlierCore
import OutlierStreams
import Testing

@Suite struct RandomCutForestTests {
    private func rows(_ count: Int, seed: UInt64, shift: Double = 0) throws -> Dataset {
        var random = RandomSource(seed: seed)
        return Dataset(
            try Matrix(rowCount: count, columnCount: 2, values: (0..<2 * count).map { _ in random.normal() + shift }))
    }

    @Test func aFarRowLeads() throws {
        var values = try rows(300, seed: 1).matrix
        values[17, 0] = 12
        let scores = try RobustRandomCutForest(trees: 50).fitAndScore(Dataset(values), context: FitContext(seed: 2))
            .scores
        let others = scores.enumerated().filter { $0.offset != 17 }.map(\.element)
        #expect(scores[17] > (others.max() ?? 0))
    }

    @Test func learningOneByOneEqualsLearningAtOnce() throws {
        let model = try RobustRandomCutForest(trees: 5, sampleSize: 30).fit(
            rows(20, seed: 1), context: FitContext(seed: 3))
        let more = try rows(100, seed: 2)
        var atOnce = model
        try atOnce.computeUpdate(with: more, context: FitContext())
        var oneByOne = model
        for row in 0..<more.rowCount {
            try oneByOne.computeUpdate(with: more.rows(row..<row + 1), context: FitContext())
        }
        #expect(try atOnce.scores(of: more) == oneByOne.scores(of: more))
        // A fit on all rows has seen the same rows in the same order.
        let both = try Dataset(rows: (0..<20).map(rows(20, seed: 1).matrix.row) + (0..<100).map(more.matrix.row))
        let whole = try RobustRandomCutForest(trees: 5, sampleSize: 30).fit(both, context: FitContext(seed: 3))
        #expect(try whole.scores(of: more) == atOnce.scores(of: more))
    }

    @Test func withoutDecayEveryRowIsAsLikelyInTheSample() throws {
        // 40 rows of which 10 are kept: each is in a quarter of the samples.
        let data = try Dataset(rows: (0..<40).map { [Double($0)] })
        let model = try RobustRandomCutForest(trees: 4000, sampleSize: 10).fit(data, context: FitContext(seed: 4))
        var counts = [Int](repeating: 0, count: 40)
        for tree in model.trees {
            for leaf in tree.leaves { counts[Int(tree.shape.point(ofLeaf: leaf).first ?? 0)] += 1 }
        }
        #expect(counts.reduce(0, +) == 40_000)
        // 1,000 expected; the standard error is 27.
        #expect(counts.allSatisfy { abs($0 - 1000) < 120 }, "\(counts)")
    }

    @Test func decayForgetsOldRows() throws {
        let data = try Dataset(rows: (0..<400).map { [Double($0)] })
        let model = try RobustRandomCutForest(trees: 200, sampleSize: 20, timeDecay: 0.05).fit(
            data, context: FitContext(seed: 5))
        let kept = model.trees.flatMap { tree in tree.leaves.map { tree.shape.point(ofLeaf: $0).first ?? 0 } }
        let old = kept.count { $0 < 300 }
        // A row of 100 steps ago is e⁻⁵ as likely as the newest.
        #expect(Double(old) < 0.05 * Double(kept.count))
    }
}
