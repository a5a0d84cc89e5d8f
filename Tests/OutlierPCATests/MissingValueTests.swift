import OutlierCore
import OutlierPCA
import OutlierTesting
import Testing

@Suite struct MissingValueTests {
    /// Correlated columns, so that what is missing can be told from the others.
    private func table(_ count: Int) throws -> Dataset {
        var random = RandomSource(seed: 4)
        var rows: [[Double]] = []
        for _ in 0..<count {
            let a = random.normal()
            let b = random.normal()
            let second: Double = 2 * a + 0.3 * random.normal()
            let fourth: Double = a - b + 0.3 * random.normal()
            rows.append([a, second, b, fourth])
        }
        return try Dataset(rows: rows)
    }

    @Test func expectationMaximizationFindsTheComponents() throws {
        let data = try table(2000)
        let whole = try PrincipalComponents().fit(data)
        let holed = try PrincipalComponents().fit(SyntheticData.withHoles(data, share: 0.2))
        for (one, other) in zip(whole.eigenvalues, holed.eigenvalues) {
            let difference: Double = abs(one - other) / max(1, one)
            #expect(difference < 0.08)
        }
        for row in 0..<2 {
            var cosine = 0.0
            for (one, other) in zip(whole.axes.row(row), holed.axes.row(row)) { cosine += one * other }
            #expect(abs(cosine) > 0.99)
        }
    }

    /// The standardized score of all components is the squared Mahalanobis distance, whose expectation given some of the
    /// columns is the distance of these columns alone and 1 for each missing one.
    @Test func incompleteRowsHaveTheExpectedScore() throws {
        let data = try table(500)
        let model = try PrincipalComponents().fit(data)
        let part = try PrincipalComponents().fit(data.selectingColumns([0, 2]))
        for row in 0..<20 {
            var values = data.matrix.row(row)
            let known = try part.scores(of: Dataset(rows: [[values[0], values[2]]]))[0]
            values[1] = .nan
            values[3] = .nan
            let score = try model.scores(of: Dataset(rows: [values]))[0]
            let difference: Double = score - known - 2
            #expect(abs(difference) < 1e-4)
        }
        let nothing = try model.scores(of: Dataset(rows: [[Double](repeating: .nan, count: 4)]))[0]
        #expect(abs(nothing - 4) < 1e-6)
    }
}
