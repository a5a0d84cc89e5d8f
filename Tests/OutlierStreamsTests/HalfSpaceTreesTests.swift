import OutlierCore
import OutlierStreams
import Testing

@Suite struct HalfSpaceTreesTests {
    private func rows(_ count: Int, _ width: Int, seed: UInt64, shift: Double = 0) throws -> Dataset {
        var random = RandomSource(seed: seed)
        return Dataset(
            try Matrix(
                rowCount: count, columnCount: width, values: (0..<count * width).map { _ in random.normal() + shift }))
    }

    /// The node of each level that a row comes through, by the cuts of one tree.
    private func path(_ row: [Double], _ shape: HalfSpaces, _ tree: Int) -> [Int] {
        var node = 0
        var path = [0]
        for _ in 0..<shape.depth {
            let inner = tree * shape.innerNodes + node
            node = 2 * node + (row[Int(shape.columns[inner])] < shape.cuts[inner] ? 1 : 2)
            path.append(node)
        }
        return path
    }

    @Test func scoresAreThoseOfThePaperByBruteForce() throws {
        let data = try rows(130, 3, seed: 1)
        let model = try HalfSpaceTrees(trees: 7, depth: 6, window: 50, sizeLimit: 0.1).fit(
            data, context: FitContext(seed: 5))
        // 130 rows are two whole windows and 30 rows: the reference is the second window.
        let reference = (50..<100).map { data.matrix.row($0) }
        let expected = (0..<data.rowCount).map { index in
            let row = data.matrix.row(index)
            var sum = 0.0
            for tree in 0..<7 {
                let nodes = path(row, model.shape, tree)
                var level = 0
                func mass(_ level: Int) -> Int {
                    reference.count { path($0, model.shape, tree)[level] == nodes[level] }
                }
                while level < 6, Double(mass(level)) > 0.1 * 50 { level += 1 }
                sum += Double(mass(level)) * Double(1 << level)
            }
            return 1 / (1 + sum / 7 / 50)
        }
        for (score, value) in zip(try model.scores(of: data), expected) { #expect(abs(score - value) < 1e-12) }
        #expect(model.latest.rows == 30)
    }

    @Test func theBoxHoldsTheValuesAndCutsHalveIt() throws {
        let data = try rows(40, 2, seed: 2)
        let shape = try HalfSpaces(of: ColumnBox(data), trees: 3, depth: 4, seed: 9, execution: Execution())
        // Along a path, cuts of one column narrow down: each lies between those above it.
        for tree in 0..<3 {
            for leaf in 0..<16 {
                var bounds = [(-Double.infinity, Double.infinity), (-Double.infinity, Double.infinity)]
                var node = 0
                for level in 0..<4 {
                    let inner = tree * shape.innerNodes + node
                    let column = Int(shape.columns[inner])
                    let cut = shape.cuts[inner]
                    #expect(cut > bounds[column].0 && cut < bounds[column].1)
                    let goesRight = leaf >> (3 - level) & 1 == 1
                    if goesRight { bounds[column].0 = cut } else { bounds[column].1 = cut }
                    node = 2 * node + (goesRight ? 2 : 1)
                }
            }
        }
    }

    @Test func learningOneByOneEqualsLearningAtOnce() throws {
        let first = try rows(60, 2, seed: 3)
        let more = try rows(170, 2, seed: 4, shift: 2)
        let model = try HalfSpaceTrees(trees: 5, depth: 5, window: 40).fit(first, context: FitContext(seed: 1))
        var atOnce = model
        try atOnce.computeUpdate(with: more, context: FitContext())
        var oneByOne = model
        for row in 0..<more.rowCount {
            try oneByOne.computeUpdate(with: more.rows(row..<row + 1), context: FitContext())
        }
        #expect(try atOnce.scores(of: more) == oneByOne.scores(of: more))
        // Another world was learnt: its rows were strange before and are usual now.
        let before = try model.scores(of: more).reduce(0, +)
        #expect(try atOnce.scores(of: more).reduce(0, +) < before)
    }
}
