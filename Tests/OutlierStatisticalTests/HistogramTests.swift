import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct HistogramTests {
    @Test func contributionsAddUp() throws {
        let data = SyntheticData.clusters(rows: 400, seed: 2).data
        for width in HistogramBasedOutlierScore.BinWidth.allCases {
            let model = try HistogramBasedOutlierScore(bins: 12, binWidth: width).fit(data)
            let contributions = try model.contributions(of: data, execution: Execution())
            let sums = (0..<data.rowCount).map { contributions.row($0).reduce(0, +) }
            #expect(try Agreement.largestDifference(model.scores(of: data).values, sums) < 1e-12)
        }
    }

    /// Eight equally full bins of an exponential sample: the density of each is 1 / (8 · width).
    @Test func dynamicBinsHoldEquallyManyRows() throws {
        let values = (1...800).map { -log(Double($0) / 801) }.sorted()
        let data = try Dataset(rows: values.map { [$0] })
        let model = try HistogramBasedOutlierScore(bins: 8, binWidth: .dynamic).fit(data)
        let scores = try model.scores(of: data).values
        for bin in 0..<8 {
            let lower = bin == 0 ? values[0] : (values[bin * 100 - 1] + values[bin * 100]) / 2
            let upper = bin == 7 ? values[799] : (values[bin * 100 + 99] + values[bin * 100 + 100]) / 2
            let wanted = -log2(100 / 800 / (upper - lower) + 0.1)
            for row in bin * 100..<bin * 100 + 100 { #expect(abs(scores[row] - wanted) < 1e-9) }
        }
    }

    /// Numbers that lie a few steps of a `Double` apart cannot fill ten bins.
    @Test func narrowColumns() throws {
        let data = try Dataset(rows: (0..<40).map { [1e16 + 2 * Double($0 % 4), Double($0)] })
        for width in HistogramBasedOutlierScore.BinWidth.allCases {
            let scores = try HistogramBasedOutlierScore(bins: 10, binWidth: width).fitAndScore(data).scores.values
            #expect(scores.allSatisfy { $0.isFinite })
        }
        #expect(throws: OutlierError.self) {
            try HistogramBasedOutlierScore().fit(Dataset(rows: [[-1.5e308], [1.5e308]]))
        }
    }

    /// Projections computed here, rows looked up by walking along the bins.
    @Test func projectedHistogramsFollowTheDefinition() throws {
        let data = SyntheticData.clusters(rows: 300, columns: 1, anomalies: 6, seed: 5).data
        // One column: every projection is a multiple of it, so one histogram of ten bins, perhaps turned round.
        let scores = try LightweightOnlineDetector(bins: 10, cuts: 1).fitAndScore(data, context: FitContext(seed: 2))
            .scores.values
        let values = data.matrix.column(0)
        let lowest = try #require(values.min())
        let highest = try #require(values.max())
        let bins = values.map { min(9, Int(($0 - lowest) / (highest - lowest) * 10)) }
        for (row, bin) in bins.enumerated() {
            let wanted = -log((Double(bins.count { $0 == bin }) + 1e-12) / (300 + 1e-11))
            #expect(abs(scores[row] - wanted) < 1e-9)
        }
        // Outside: as rare as an empty bin.
        let model = try LightweightOnlineDetector(bins: 10, cuts: 1).fit(data, context: FitContext(seed: 2))
        let far = try model.scores(of: Dataset(rows: [[highest + 1], [lowest - 1]])).values
        for score in far { #expect(abs(score + log(1e-12 / 300)) < 1e-6) }
    }

    @Test func explanationNamesTheColumn() throws {
        var random = RandomSource(seed: 8)
        let rows = (0..<500).map { _ in (0..<9).map { _ in random.normal() } }
        let model = try LightweightOnlineDetector(bins: nil, cuts: 200).fit(
            Dataset(rows: rows), context: FitContext(seed: 1))
        for column in 0..<9 {
            var odd = [Double](repeating: 0, count: 9)
            odd[column] = 7
            let contributions = try model.contributions(of: Dataset(rows: [odd]), execution: Execution()).row(0)
            #expect(contributions.enumerated().max { $0.element < $1.element }?.offset == column)
        }
    }
}
