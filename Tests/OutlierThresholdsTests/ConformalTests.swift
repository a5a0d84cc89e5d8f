import Foundation
import OutlierCore
import OutlierStatistical
import OutlierThresholds
import Testing

@Suite struct ConformalTests {
    static func table(_ rows: Int, seed: UInt64, shift: Double = 0) -> Dataset {
        var random = RandomSource(seed: seed)
        return Dataset(
            Matrix(rowCount: rows, columnCount: 3) { values in
                for index in values.indices {
                    values.initializeElement(at: index, to: random.normal() * random.normal() + shift)
                }
            })
    }

    /// The false-alarm rate of fresh normal rows, over 200 splits of 200 tables, by level.
    @Test(arguments: [ConformalThreshold.Calibration.split, .cross])
    func keepsTheFalseAlarmRate(calibration: ConformalThreshold.Calibration) throws {
        for level in [0.01, 0.02, 0.05, 0.1, 0.2] {
            var rates: [Double] = []
            for seed in 0..<200 as Range<UInt64> {
                let pipeline = Pipeline(
                    detector: MedianAbsoluteDeviation(),
                    threshold: ConformalThreshold(falseAlarmRate: level, calibration: calibration, share: 0.5))
                let model = try pipeline.fit(Self.table(400, seed: 2 * seed), context: FitContext(seed: seed))
                let fresh = try model.scores(of: Self.table(500, seed: 2 * seed + 1))
                rates.append(Double(try model.labels(for: fresh).count { $0 }) / 500)
            }
            let mean = rates.reduce(0, +) / 200
            let squares: Double = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let error = (squares / 199 / 200).squareRoot()
            if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
                print("conformal | \(calibration) | \(level) | \(mean) | \(error)")
            }
            // Under the level, or so near above it as 200 splits can tell; `cross` promises it about.
            let bound = calibration == .split ? level + 2.5 * error : level + 4 * error
            #expect(mean < bound, "\(calibration): \(mean) for \(level)")
            #expect(mean > level / 2, "\(calibration): \(mean) for \(level)")
        }
    }

    /// With certainty nine fits in ten have a rate under the level, not only their mean.
    @Test func certaintyHoldsForTheFit() throws {
        let level = 0.05
        var under = (plain: 0, certain: 0)
        for seed in 0..<100 as Range<UInt64> {
            for certainty in [nil, 0.9] {
                let threshold = ConformalThreshold(falseAlarmRate: level, share: 0.5, certainty: certainty)
                let model = try Pipeline(detector: MedianAbsoluteDeviation(), threshold: threshold)
                    .fit(Self.table(400, seed: 2 * seed), context: FitContext(seed: seed))
                let fresh = try model.scores(of: Self.table(20_000, seed: 2 * seed + 1))
                let rate = Double(try model.labels(for: fresh).count { $0 }) / 20_000
                if rate <= level { if certainty == nil { under.plain += 1 } else { under.certain += 1 } }
            }
        }
        // The standard deviation of a share of 0.9 of 100 is 3.
        #expect(under.certain >= 83 && under.plain < 75)
        // ln 0.1 ÷ ln 0.99 = 229.1
        let fitted = { (rows: Int) in
            try ConformalThreshold(falseAlarmRate: 0.01, certainty: 0.9).fit(scores: (0..<rows).map(Double.init))
        }
        #expect(try fitted(230).cutoff == 229)
        #expect { try fitted(229) } throws: { ($0 as? OutlierError)?.message.contains("at least 230") == true }
        #expect(throws: OutlierError.self) {
            try ConformalThreshold(falseAlarmRate: 0.05, control: .benjaminiHochberg, certainty: 0.9).fit(
                scores: (0..<999).map(Double.init))
        }
    }

    @Test func benjaminiHochbergBoundsTheFalseDiscoveries() throws {
        var shares: [Double] = []
        var found = 0
        for seed in 0..<100 as Range<UInt64> {
            let pipeline = Pipeline(
                detector: MedianAbsoluteDeviation(),
                threshold: ConformalThreshold(falseAlarmRate: 0.1, share: 0.5, control: .benjaminiHochberg))
            let model = try pipeline.fit(Self.table(2000, seed: 2 * seed), context: FitContext(seed: seed))
            let normal = try model.scores(of: Self.table(450, seed: 2 * seed + 1))
            let strange = try model.scores(of: Self.table(50, seed: 2 * seed + 1001, shift: 25))
            let labels = try model.labels(for: normal + strange)
            let alarms = labels.count { $0 }
            found += labels[450...].count { $0 }
            shares.append(Double(labels[..<450].count { $0 }) / Double(max(1, alarms)))
        }
        #expect(shares.reduce(0, +) / 100 < 0.1)
        #expect(found > 4500)
    }

    @Test func pValuesAreCounts() throws {
        let fitted = try ConformalThreshold(falseAlarmRate: 0.25).fit(scores: [1, 2, 3, 4, 4, 6, 7])
        let expected: [Double] = [1, 0.625, 0.375, 0.25, 0.125]
        #expect(fitted.pValues(for: [0, 4, 4.5, 7, 8]) == expected)
        let labels: [Bool] = fitted.labels(for: [6, 6.5, 7, 8, .nan])
        #expect(labels == [false, true, true, true, false])
        #expect(fitted.pValues(for: [.nan])[0].isNaN)
    }

    @Test func rowsOfTheCalibrationAreNotLearntFrom() throws {
        // Known anomalies are learnt from or not, but never calibrated on.
        let data = Self.table(100, seed: 9)
        let labels = (0..<100).map { $0 < 10 ? Label.anomaly : .unlabeled }
        let model = try Pipeline(detector: MedianAbsoluteDeviation(), threshold: ConformalThreshold())
            .fit(data.replacing(labels: labels), context: FitContext(seed: 1))
        let fitted = try #require(model.threshold as? FittedConformalThreshold)
        #expect(fitted.calibrationScores.count == 27)
        let known = Set(try model.scores(of: data)[..<10])
        #expect(fitted.calibrationScores.allSatisfy { !known.contains($0) })
        // The same model by `fit` and by `fitAndScore`, and every row has a score.
        let (again, scores) = try Pipeline(detector: MedianAbsoluteDeviation(), threshold: ConformalThreshold())
            .fitAndScore(data.replacing(labels: labels), context: FitContext(seed: 1))
        #expect(try again.scores(of: data) == model.scores(of: data))
        #expect(scores.allSatisfy { !$0.isNaN })
    }

    @Test func tooFewRowsAreSaid() throws {
        for calibration in ConformalThreshold.Calibration.allCases {
            let pipeline = Pipeline(
                detector: MedianAbsoluteDeviation(),
                threshold: ConformalThreshold(falseAlarmRate: 0.01, calibration: calibration))
            for rows in [1, 2, 50] {
                #expect("\(rows) rows") { try pipeline.fit(Self.table(rows, seed: 1)) } throws: { error in
                    (error as? OutlierError)?.code == .notEnoughRows
                }
            }
        }
    }
}
