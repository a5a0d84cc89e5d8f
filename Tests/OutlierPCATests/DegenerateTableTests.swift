import OutlierCore
import OutlierPCA
import Testing

/// Tables whose columns depend on each other, and scores that would be rounding errors.
@Suite struct DegenerateTableTests {
    private func normal(_ rows: Int, _ columns: Int, seed: UInt64) -> [[Double]] {
        var random = RandomSource(seed: seed)
        return (0..<rows).map { _ in (0..<columns).map { _ in random.normal() } }
    }

    /// Of independent columns 0.9 of the variance needs all components: one at least is left out, and the score is the
    /// squared place along it.
    @Test(arguments: [2, 4, 9]) func theReconstructionIsNoRoundingError(columns: Int) throws {
        let data = try Dataset(rows: normal(400, columns, seed: 3))
        let reconstruction = try PrincipalComponents(score: .reconstruction).fitAndScore(data)
        let all = try PrincipalComponents().fit(data)
        let last = all.axes.rowCount - 1
        for row in stride(from: 0, to: 400, by: 37) {
            var place = 0.0
            for column in 0..<columns {
                place += (data.matrix[row, column] - all.centers[column]) / all.scales[column] * all.axes[last, column]
            }
            #expect(abs(reconstruction.scores[row] - place * place) < 1e-9)
        }
        let error = #expect(throws: OutlierError.self) {
            _ = try PrincipalComponents(score: .reconstruction, components: columns).fit(data)
        }
        #expect(error?.code == .invalidParameter)
    }

    @Test func rowsThatLeaveTheSpaceOfTheFitAreFurtherAway() throws {
        let rows = normal(200, 2, seed: 4).map { [$0[0], 7, $0[1], $0[0] + $0[1]] }
        let model = try PrincipalComponents().fit(Dataset(rows: rows))
        let scores = try model.scores(of: Dataset(rows: [[0.5, 7, -1, -0.5], [0.5, 9, -1, -0.5], [0.5, 7, -1, 3]]))
        #expect(abs(scores[1] - scores[0] - 4) < 1e-9)
        #expect(scores[2] > scores[0] + 1)
        let contributions = try model.contributions(of: Dataset(rows: [[0.5, 9, -1, -0.5]]), execution: Execution())
        #expect(abs(contributions.row(0).reduce(0, +) - scores[1]) < 1e-9)
        #expect(abs(contributions[0, 1] - 4) < 1e-9)
    }
}
