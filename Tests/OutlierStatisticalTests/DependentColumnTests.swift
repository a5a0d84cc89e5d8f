import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

/// Columns that are constant, that depend on each other, or in which one value is most of the rows.
@Suite struct DependentColumnTests {
    private static func area(_ scores: [Double], _ truth: [Bool]) throws -> Double {
        try ROCAUC().value(of: Evaluation(scores: scores, truth: truth)).number ?? 0
    }

    /// Four normal columns, and one of 0 and 1 of which most are 0, scaled or not. Rows far out in the normal columns are
    /// anomalies, whatever the fifth is: the squared distance in the four columns tells them.
    @Test(arguments: [(false, 0.6), (true, 0.6), (false, 0.9)]) func oneValueFillsMostOfAColumn(
        scales: Bool, share: Double
    ) throws {
        var random = RandomSource(seed: 7)
        let count = 600
        let truth = (0..<count).map { $0 < 20 }
        let rows = (0..<count).map { row in
            (0..<4).map { _ in random.normal() * (truth[row] ? 6 : 1) } + [random.uniform() < share ? 0.0 : 1]
        }
        var data = try Dataset(rows: rows)
        if scales { data = try StandardScaler().fit(data).transform(data) }
        let scores = try MinimumCovarianceDeterminant().fitAndScore(data).scores.values
        let area = try Self.area(scores, truth)
        #expect(area > 0.95)
        // No row stands at a distance that rounding alone makes.
        #expect(scores.allSatisfy { $0 < 1e5 })
        #expect(Set(scores).count > count / 2)
    }

    /// A word of three levels, one-hot: the columns add up to 1. What is left out changes nothing.
    @Test func aOneHotWordIsMeasuredAsTheColumnsThatAreFree() throws {
        var random = RandomSource(seed: 8)
        let rows = (0..<300).map { _ -> [Double] in
            let word = random.index(below: 3)
            return [random.normal() * 1e6, random.normal() * 1e-4] + (0..<3).map { $0 == word ? 1 : 0 }
        }
        let all = try MahalanobisDistance().fitAndScore(Dataset(rows: rows)).scores.values
        let free = try MahalanobisDistance().fitAndScore(Dataset(rows: rows.map { Array($0[0..<4]) })).scores.values
        for (one, other) in zip(all, free) { #expect(abs(one - other) < 1e-6 * max(1, other)) }
        let robust = try MinimumCovarianceDeterminant(supportFraction: 1).fitAndScore(Dataset(rows: rows)).scores.values
        #expect(Agreement.spearman(robust, free) > 0.99)
    }

    /// A new row that leaves the space of the fit is as much further away as it is off it, in standard deviations; a constant
    /// column measures in its own unit.
    @Test func rowsThatLeaveTheSpaceOfTheFitAreFurtherAway() throws {
        var random = RandomSource(seed: 9)
        let rows = (0..<200).map { _ -> [Double] in [random.normal(), 7, random.normal()] }
        let plain = try MahalanobisDistance().fit(Dataset(rows: rows.map { [$0[0], $0[2]] }))
        let known = try plain.scores(of: Dataset(rows: [[0.5, -1]]))[0]
        for detector in [MahalanobisDistance(), MinimumCovarianceDeterminant()] as [any Detector] {
            let model: any FittedDetector = try detector.fit(Dataset(rows: rows))
            let scores = try model.scores(of: Dataset(rows: [[0.5, 7, -1], [0.5, 9, -1], [0.5, 4, -1]]))
            #expect(abs(scores[1] - scores[0] - 4) < 1e-9 && abs(scores[2] - scores[0] - 9) < 1e-9)
            if detector is MahalanobisDistance { #expect(abs(scores[0] - known) < 1e-9) }
            // The rows of the fit do not leave it.
            let own = try model.scores(of: Dataset(rows: rows))
            #expect(try own == detector.fitAndScore(Dataset(rows: rows)).scores)
        }
        // An unknown word is none of the three.
        let words = (0..<200).map { _ -> [Double] in
            let word = random.index(below: 3)
            return [random.normal()] + (0..<3).map { $0 == word ? 1 : 0 }
        }
        let model = try MahalanobisDistance().fit(Dataset(rows: words))
        let (seen, unseen) = (
            try model.scores(of: Dataset(rows: [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])),
            try model.scores(of: Dataset(rows: [[0, 0, 0, 0]]))[0]
        )
        #expect(unseen > (seen.max() ?? .infinity) - 1)
        let terms = try model.contributions(of: Dataset(rows: [[0, 0, 0, 0]]), execution: Execution()).row(0)
        #expect(abs(terms.reduce(0, +) - unseen) < 1e-9)
    }

    /// Units decide nothing: a dependent pair of columns in huge units leaves a tiny column in its place.
    @Test func unitsDoNotDecideWhatVaries() throws {
        var random = RandomSource(seed: 10)
        let rows = (0..<200).map { _ -> [Double] in
            let a = random.normal()
            return [a, 2 * a, random.normal(), random.normal()]
        }
        let units = [1e9, 1e9, 1e-9, 1]
        let plain = try MahalanobisDistance().fitAndScore(Dataset(rows: rows)).scores.values
        let scaled = try MahalanobisDistance().fitAndScore(
            Dataset(rows: rows.map { zip($0, units).map { $0 * $1 } })
        ).scores
        for (one, other) in zip(plain, scaled) { #expect(abs(one - other) < 1e-6 * max(1, one)) }
    }
}
