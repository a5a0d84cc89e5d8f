import Foundation
import OutlierCore
import OutlierStatistical
import Testing

/// Values on the edges of bins: whole numbers, ratings, words of an ordinal column.
@Suite struct HistogramLookupTests {
    /// The definition by hand: ten bins from the least to the largest value, each with its lower edge, the last with both.
    static func reference(_ train: [Double], _ values: [Double], bins: Int = 10, alpha: Double = 0.1) -> [Double] {
        let (low, high) = (train.min() ?? 0, train.max() ?? 1)
        let width = (high - low) / Double(bins)
        func bin(_ value: Double) -> Int {
            var bin = 0
            while bin < bins - 1 && value >= Double(bin + 1) * width + low { bin += 1 }
            return bin
        }
        let counts = (0..<bins).map { index in Double(train.count { bin($0) == index }) }
        return values.map { -log2(counts[bin($0)] / (width * Double(train.count)) + alpha) }
    }

    @Test func valuesOnEdgesHaveTheirOwnBin() throws {
        let column =
            [Double](repeating: 0, count: 5) + [Double](repeating: 1, count: 90) + [Double](repeating: 2, count: 5)
        let model = try HistogramBasedOutlierScore().fit(Dataset(rows: column.map { [$0] }))
        let scores = try model.scores(of: Dataset(rows: [[0], [1], [2]])).values
        // Bins of 0.2: densities 5 / 100 / 0.2 and 90 / 100 / 0.2.
        let wanted = [-log2(0.25 + 0.1), -log2(4.5 + 0.1), -log2(0.25 + 0.1)]
        for (score, value) in zip(scores, wanted) { #expect(abs(score - value) < 1e-12) }
        // PyOD 3.6.7 gives the most common value the score of the empty bin below it.
        let theirs = try HistogramBasedOutlierScore(bins: 10, binLookup: .pyod).fit(Dataset(rows: column.map { [$0] }))
        #expect(abs(try theirs.scores(of: Dataset(rows: [[1]]))[0] - -log2(0.1)) < 1e-12)
    }

    @Test(arguments: [1, 2, 4, 5, 10, 20]) func followTheDefinition(levels: Int) throws {
        var random = RandomSource(seed: UInt64(levels))
        let column = (0..<300).map { _ in Double(random.index(below: levels + 1)) }
        let model = try HistogramBasedOutlierScore().fit(Dataset(rows: column.map { [$0] }))
        let values = Array(Set(column)).sorted()
        let scores = try model.scores(of: Dataset(rows: values.map { [$0] })).values
        for (score, wanted) in zip(scores, Self.reference(column, values)) { #expect(abs(score - wanted) < 1e-9) }
    }

    /// Five ratings of 0, 1, 2, of which 1 is usual.
    @Test func rareRatingsAreFound() throws {
        var random = RandomSource(seed: 4)
        let rows = (0..<1000).map { row -> [Double] in
            (0..<5).map { _ in
                let usual = row < 50 ? 0.3 : 0.9
                return random.uniform() < usual ? 1 : random.uniform() < 0.5 ? 0 : 2
            }
        }
        let scores = try HistogramBasedOutlierScore().fitAndScore(Dataset(rows: rows)).scores.values
        let measured = try Evaluation(scores: scores, decisions: nil, truth: (0..<1000).map { $0 < 50 })
        let area = try #require(try ROCAUC().value(of: measured).number)
        #expect(area > 0.9)
    }

    /// What a column that never varied is worth when it does.
    @Test func aConstantColumnThatVariesLaterIsAnomalous() throws {
        let rows = (0..<100).map { [7.0, Double($0)] }
        let model = try HistogramBasedOutlierScore().fit(Dataset(rows: rows))
        let scores = try model.scores(of: Dataset(rows: [[7, 50], [7.3, 50], [9, 50], [-100, 50]])).values
        #expect(scores[0] < scores[1] && scores[0] < scores[2] && scores[0] < scores[3])
    }

    @Test func modelsWithoutALookupAreThoseOfPyOD() throws {
        let column = (0..<40).map { [Double($0 % 3)] }
        let model = try HistogramBasedOutlierScore(bins: 10, binLookup: .pyod).fit(Dataset(rows: column))
        var archive = ModelArchive()
        try model.encode(to: &archive)
        #expect(try archive.string("bin-lookup") == "pyod")
        let loaded = try FittedHistogramScore(from: archive, registry: Registry())
        #expect(try loaded.scores(of: Dataset(rows: column)) == model.scores(of: Dataset(rows: column)))
    }
}
