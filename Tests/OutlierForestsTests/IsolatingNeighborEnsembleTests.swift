import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

@Suite struct IsolatingNeighborEnsembleTests {
    /// Looks at every sphere of every set.
    static func scoresByHand(_ model: FittedIsolatingNeighborEnsemble, _ data: Dataset) throws -> [Double] {
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let centers = try archive.doubles("centers")
        let radii = try archive.doubles("squared-radii")
        let scores = try archive.doubles("scores")
        let width = data.columnCount
        return (0..<data.rowCount).map { row in
            let values = data.matrix.row(row)
            var sum = 0.0
            for set in 0..<model.setCount {
                var best = (radius: Double.infinity, score: 1.0)
                for sphere in set * model.sampleSize..<(set + 1) * model.sampleSize {
                    var distance = 0.0
                    for column in 0..<width {
                        let difference = values[column] - centers[sphere * width + column]
                        distance += difference * difference
                    }
                    if distance <= radii[sphere] && radii[sphere] < best.radius {
                        best = (radii[sphere], scores[sphere])
                    }
                }
                sum += best.score
            }
            return sum / Double(model.setCount)
        }
    }

    @Test(arguments: [(2, 1), (8, 3), (8, 10), (11, 4), (40, 17)])
    func kernelEqualsPlainSearch(size: Int, columns: Int) throws {
        let data = SyntheticData.clusters(rows: 300, columns: columns).data
        let model = try IsolatingNeighborEnsemble(sets: 40, sampleSize: size).fit(data)
        #expect(try model.scores(of: data).values == Self.scoresByHand(model, data))
    }

    @Test func radiiAreComparedBySquaresOrAsTheyAre() throws {
        // 0 and 1 are neighbours of each other; 5 lies 4 from 1. In every set all three rows are centres.
        let data = try Dataset(rows: [[0], [1], [5]])
        let new = try Dataset(rows: [[0.5], [8], [100]])
        let paper = try IsolatingNeighborEnsemble(sets: 3, squaredRadii: false).fit(data).scores(of: new).values
        #expect(paper == [0, 0.75, 1])
        let squares = try IsolatingNeighborEnsemble(sets: 3).fit(data).scores(of: new).values
        #expect(squares == [0, 1 - 1.0 / 16, 1])
    }

    @Test func oneRowHasNoNeighbor() throws {
        do {
            _ = try IsolatingNeighborEnsemble().fit(Dataset(rows: [[1, 2]]))
            Issue.record("one row is accepted")
        } catch let error as OutlierError {
            #expect(error.code == .notEnoughRows)
        }
    }

    @Test func hugeAndTinyValuesKeepTheirOrder() throws {
        let plain = SyntheticData.clusters(rows: 200, columns: 3).data
        for scale in [0x1p500, 0x1p1000, 0x1p-500, 0x1p-1000] {
            let scaled = try plain.replacing(
                Matrix(
                    rowCount: plain.rowCount, columnCount: plain.columnCount,
                    values: plain.matrix.values.map { $0 * scale }))
            let context = FitContext(seed: 1)
            let expected = try IsolatingNeighborEnsemble().fitAndScore(plain, context: context).scores.values
            let scores = try IsolatingNeighborEnsemble().fitAndScore(scaled, context: context).scores.values
            #expect(Agreement.spearman(scores, expected) > 0.999)
        }
    }
}
