import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct TailTests {
    /// Heavy tails, ties, a constant, and values that crowd where the keys of the sort cannot tell them apart.
    private func table(rows: Int, seed: UInt64) throws -> Dataset {
        var random = RandomSource(seed: seed)
        let values = (0..<rows).map { row -> [Double] in
            let crowded = row == 0 ? 1e30 : random.normal()
            return [
                random.normal(), exp(8 * random.normal()), Double(random.index(below: 6)), 2.5, crowded,
                Double.leastNormalMagnitude * random.uniform(),
            ]
        }
        return try Dataset(rows: values)
    }

    private struct Tails {
        var left: [Double]
        var right: [Double]
        var skewed: [Double]
        var skewness: [Int]
    }

    /// By the definition: every value counts all others.
    private func tails(_ train: Dataset, _ row: [Double], rowRule: Bool) -> Tails {
        var result = Tails(left: [], right: [], skewed: [], skewness: [])
        for column in 0..<train.columnCount {
            let values = train.matrix.column(column)
            let count = Double(values.count)
            let left = -log(Double(max(1, values.count { $0 <= row[column] })) / count)
            let right = -log(Double(max(1, values.count { $0 >= row[column] })) / count)
            let largest = values.map(abs).max() ?? 1
            let scaled = values.map { largest > 0 ? $0 / largest : 0 }
            let mean = scaled.reduce(0, +) / count
            let third = scaled.reduce(0) { $0 + pow($1 - mean, 3) }
            let sign = Set(values).count == 1 ? 0 : third > 0 ? 1 : -1
            result.left.append(left)
            result.right.append(right)
            result.skewness.append(sign)
            result.skewed.append(sign < 0 ? left : sign > 0 || rowRule ? right : left + right)
        }
        return result
    }

    private func expected(_ detector: String, _ train: Dataset, _ row: [Double], rowRule: Bool) -> Double {
        let tails = tails(train, row, rowRule: rowRule)
        func sum(_ values: [Double]) -> Double { values.reduce(0, +) }
        if rowRule { return max(sum(tails.left), sum(tails.right), sum(tails.skewed)) }
        return train.columns.indices.reduce(0) { total, column in
            let (left, right) = (tails.left[column], tails.right[column])
            let other = detector == "ecod" ? max(left, right) : (left + right) / 2
            return total + max(other, tails.skewed[column])
        }
    }

    @Test(arguments: ["ecod", "copod"], ["column", "row"])
    func followTheDefinition(name: String, combination: String) throws {
        var registry = Registry()
        try registry.register(StatisticalPlugin.self)
        for rows in [3, 90, 700] {
            let train = try table(rows: rows, seed: 4)
            let new = try table(rows: 70, seed: 9)
            let detector = try registry.detector(name, parameters: ["combination": .string(combination)])
            let fit = try fitAndScore(detector, train)
            let (model, scores) = (fit.model, fit.scores.values)
            for (data, scores) in [
                (train, scores), (train, try model.scores(of: train).values), (new, try model.scores(of: new).values),
            ] {
                let wanted = (0..<data.rowCount).map {
                    expected(name, train, data.matrix.row($0), rowRule: combination == "row")
                }
                #expect(Agreement.largestDifference(scores, wanted) < 1e-12, "\(rows) rows")
            }
        }
    }

    /// Few rows are searched for one by one, many walk along the sorted columns: the scores are the same.
    @Test func manyAndFewRowsScoreAlike() throws {
        let train = try table(rows: 3000, seed: 1)
        let new = try table(rows: 2500, seed: 2)
        for detector in [EmpiricalCumulativeOutlierDetection(), EmpiricalCumulativeOutlierDetection(combination: .row)]
        {
            let fit = try detector.fitAndScore(train)
            let (model, scores) = (fit.model, fit.scores.values)
            #expect(try model.scores(of: train).values == scores)
            let together = try model.scores(of: new).values
            var apart: [Double] = []
            for start in stride(from: 0, to: 2500, by: 50) {
                apart += try model.scores(of: new.rows(start..<start + 50)).values
            }
            #expect(together == apart)
            #expect(try model.scores(of: new.rows(0..<1000)).values == Array(together[0..<1000]))
        }
    }

    @Test func contributionsAddUp() throws {
        let train = try table(rows: 300, seed: 1)
        for detector: any Detector in [
            CopulaBasedOutlierDetection(combination: .row), EmpiricalCumulativeOutlierDetection(combination: .row),
            EmpiricalCumulativeOutlierDetection(combination: .column),
        ] {
            let fit = try fitAndScore(detector, train)
            let (model, scores) = (fit.model, fit.scores.values)
            let contributions = try #require(model.explainer).contributions(of: train, execution: Execution())
            let sums = (0..<train.rowCount).map { contributions.row($0).reduce(0, +) }
            #expect(Agreement.largestDifference(sums, scores) < 1e-12)
        }
    }

    /// A value beyond all others has the whole tail of its column, on whichever side of the skewness it lies.
    @Test func contributionsAreTheLargerTails() throws {
        let train = try table(rows: 300, seed: 1)
        let model = try CopulaBasedOutlierDetection().fit(train)
        for side in [-1e300, 1e300] {
            let rows = try Dataset(
                rows: (0..<train.columnCount).map { column in
                    var row = train.matrix.row(0)
                    row[column] = side
                    return row
                })
            let contributions = try model.contributions(of: rows, execution: Execution())
            for column in 0..<train.columnCount {
                #expect(abs(contributions[column, column] - log(300)) < 1e-12)
            }
        }
    }

    @Test func batchRanksRowsTogether() throws {
        let train = try table(rows: 100, seed: 1)
        let new = try table(rows: 10, seed: 2)
        let model = try CopulaBasedOutlierDetection(combination: .column, newRows: .batch).fit(train)
        let together = try model.scores(of: new).values
        let alone = try (0..<10).flatMap { try model.scores(of: new.rows($0..<$0 + 1)).values }
        #expect(together != alone)
    }

    private func fitAndScore(
        _ detector: any Detector, _ data: Dataset
    ) throws -> Fit<any FittedDetector> {
        try detector.fitAndScore(data, context: FitContext())
    }
}
