import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct DeviationTests {
    private let data = SyntheticData.clusters(rows: 500, columns: 3, anomalies: 10, seed: 3).data

    @Test func medianAbsoluteDeviations() throws {
        let model = try MedianAbsoluteDeviation().fit(Dataset(rows: [[1], [2], [3], [4], [100]]))
        // Median 3, deviations 2, 1, 0, 1, 97.
        #expect(
            try Agreement.largestDifference(
                model.scores(of: Dataset(rows: [[3], [100], [2]])).values, [0, 0.6745 * 97, 0.6745]) < 1e-12)
    }

    @Test func withoutMedianAbsoluteDeviationTheMeanOneDecides() throws {
        let model = try MedianAbsoluteDeviation().fit(Dataset(rows: [[5], [5], [5], [5], [10]]))
        #expect(
            try Agreement.largestDifference(
                model.scores(of: Dataset(rows: [[5], [10]])).values, [0, 5 / 1.253_314_137_315_5]) < 1e-12)
        let constant = try MedianAbsoluteDeviation().fit(Dataset(rows: [[5], [5]]))
        #expect(try constant.scores(of: Dataset(rows: [[5], [8]])).values == [0, 3])
    }

    @Test func fences() throws {
        // Quartiles 2 and 4: the fences are -1 and 7.
        let model = try InterquartileRange().fit(Dataset(rows: [[1, 0], [2, 0], [3, 0], [4, 0], [5, 0]]))
        #expect(try model.scores(of: Dataset(rows: [[3, 0], [7, 0], [8, 0], [-3, 0]])).values == [0, 0, 0.5, 1])
        let sum = try InterquartileRange(factor: 1.5, aggregation: .sum).fit(
            Dataset(rows: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]]))
        #expect(try sum.scores(of: Dataset(rows: [[8, -3]])).values == [1.5])
    }

    /// For normal numbers the interquartile range is 2 · 0.674490 = 1.348980 standard deviations, and the mean absolute
    /// deviation √(2/π) = 0.797885 of them.
    @Test func withoutInterquartileRangeTheMeanDeviationDecides() throws {
        let model = try InterquartileRange().fit(Dataset(rows: [[5], [5], [5], [5], [10]]))
        let range = 1.348_979_500_392_163 / (2 / Double.pi).squareRoot()
        // The mean absolute deviation is 1; the fence is 5 + 1.5 ranges.
        let score = try model.scores(of: Dataset(rows: [[10]]))[0]
        #expect(abs(score - (10 - (5 + 1.5 * range)) / range) < 1e-7)
    }

    @Test func zScores() throws {
        let model = try ZScore().fit(Dataset(rows: [[1, 7], [3, 7]]))
        #expect(try model.scores(of: Dataset(rows: [[2, 7], [5, 7], [2, 9]])).values == [0, 3, 2])
        let mean = try ZScore(aggregation: .mean).fit(Dataset(rows: [[1, 7], [3, 7]]))
        #expect(try mean.scores(of: Dataset(rows: [[5, 8]])).values == [2])
    }

    @Test func learningInPartsIsLearningOnce() throws {
        let whole = try ZScore().fit(data).scores(of: data).values
        let first = try ZScore().fit(data.rows(0..<100))
        let updated = try first.updated(with: data.rows(100..<500), context: FitContext())
        #expect(try Agreement.largestDifference(updated.scores(of: data).values, whole) < 1e-12)
        let merged = try first.merged(with: ZScore().fit(data.rows(100..<500)))
        #expect(try merged.scores(of: data) == updated.scores(of: data))
        #expect(throws: OutlierError.self) { try first.updated(with: Dataset(rows: [[1]]), context: FitContext()) }
        #expect(throws: OutlierError.self) {
            try first.updated(with: Dataset(rows: [[1, .nan, 2]]), context: FitContext())
        }
        #expect(try first.updated(with: data.rows(0..<0)).scores(of: data) == first.scores(of: data))
        #expect(throws: OutlierError.self) { try first.merged(with: ZScore().fit(Dataset(rows: [[1]]))) }
    }

    @Test func contributionsAreTheTerms() throws {
        for aggregation in ColumnAggregation.allCases {
            let model = try InterquartileRange(factor: 0.5, aggregation: aggregation).fit(data)
            let contributions = try model.contributions(of: data, execution: Execution())
            let combined = (0..<data.rowCount).map { row -> Double in
                let terms = contributions.row(row)
                let sum = terms.reduce(0, +)
                return aggregation == .maximum ? terms.max() ?? 0 : aggregation == .sum ? sum : sum / 3
            }
            #expect(try Agreement.largestDifference(model.scores(of: data).values, combined) < 1e-12)
        }
    }

    @Test func contributionsNeedTheColumnsOfTheFit() throws {
        let narrow = try Dataset(rows: [[1]])
        let fitted: [any Explainable] = [
            try ZScore().fit(data), try InterquartileRange().fit(data), try HistogramBasedOutlierScore().fit(data),
            try LightweightOnlineDetector().fit(data), try EmpiricalCumulativeOutlierDetection().fit(data),
        ]
        for model in fitted {
            #expect(throws: OutlierError.self) { try model.contributions(of: narrow, execution: Execution()) }
        }
    }
}

/// Rows that are learnt one by one.
@Suite struct LiveZScoreTests {
    private let data = SyntheticData.clusters(rows: 300, columns: 6).data

    @Test func rowsOneByOneGiveTheModelOfAll() throws {
        var live = try Live(ZScore().fit(data.rows(0..<100)))
        for row in 100..<300 { try live.learn(data.rows(row..<row + 1)) }
        let whole = try ZScore().fit(data)
        #expect(Agreement.largestDifference(try live.score(data).values, try whole.scores(of: data).values) < 1e-10)
    }

    @Test func noRowCopiesTheModel() throws {
        var live = try Live(ZScore().fit(data))
        func addresses() throws -> [Int] {
            func value(_ name: String, of model: Any) throws -> Any {
                try #require(Mirror(reflecting: model).children.first { $0.label == name }).value
            }
            let model = live.snapshot()
            let arrays = try [
                value("means", of: value("moments", of: model)), value("squares", of: value("moments", of: model)),
                value("lower", of: value("deviations", of: model)), value("scales", of: value("deviations", of: model)),
            ]
            return try arrays.map { array in
                try #require(array as? [Double]).withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
            }
        }
        try live.learn(data.rows(0..<1))
        let first = try addresses()
        for row in 1..<50 {
            try live.learn(data.rows(row..<row + 1))
            #expect(try addresses() == first)
        }
    }

    @Test func aRowThatIsTooLargeLeavesTheModelAsItWas() throws {
        var live = try Live(ZScore().fit(data))
        let before = try live.score(data)
        let huge = Dataset(Matrix(rowCount: 1, columnCount: 6) { $0.initialize(repeating: 1e300) })
        #expect(throws: OutlierError.self) { try live.learn(huge) }
        #expect(try live.score(data) == before)
    }
}
