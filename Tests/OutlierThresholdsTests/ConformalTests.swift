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

    /// Shares of fresh normal rows that are called anomalies, one of each of `splits` tables and random splits of it.
    private func rates(
        _ level: Double, _ calibration: ConformalThreshold.Calibration, certainty: Double?, splits: Int, rows: Int,
        fresh: Int
    ) throws -> (mean: Double, error: Double) {
        let rates = try (0..<UInt64(splits)).map { seed in
            let pipeline = Pipeline(
                detector: MedianAbsoluteDeviation(),
                threshold: ConformalThreshold(
                    falseAlarmRate: level, calibration: calibration, share: 0.5, certainty: certainty))
            let model = try pipeline.fit(Self.table(rows, seed: 2 * seed), context: FitContext(seed: seed))
            let fresh = try model.scores(of: Self.table(fresh, seed: 2 * seed + 1))
            return Double(try #require(model.decisions(for: fresh).anomalyCount)) / Double(fresh.count)
        }
        let mean = rates.reduce(0, +) / Double(splits)
        let squares: Double = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let error = (squares / Double(splits - 1) / Double(splits)).squareRoot()
        if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
            print("conformal | \(calibration) | \(certainty ?? 0) | \(rows) | \(level) | \(mean) | \(error)")
        }
        return (mean, error)
    }

    /// The false-alarm rate of fresh normal rows, over 200 splits of 200 tables, is under the level.
    @Test(arguments: [ConformalThreshold.Calibration.split, .cross])
    func keepsTheFalseAlarmRate(calibration: ConformalThreshold.Calibration) throws {
        for level in [0.01, 0.02, 0.05, 0.1, 0.2] {
            let (mean, _) = try rates(level, calibration, certainty: 0.9, splits: 200, rows: 600, fresh: 500)
            #expect(mean < level, "\(calibration): \(mean) for \(level)")
            #expect(mean > level / 4, "\(calibration): \(mean) for \(level)")
        }
    }

    /// Without certainty the mean over splits is what theory says: ⌊level · (n + 1)⌋ / (n + 1).
    @Test(arguments: [ConformalThreshold.Calibration.split, .cross])
    func keepsTheRateOnAverage(calibration: ConformalThreshold.Calibration) throws {
        for level in [0.01, 0.02, 0.05, 0.1, 0.2] {
            let (mean, error) = try rates(level, calibration, certainty: nil, splits: 200, rows: 400, fresh: 500)
            if calibration == .split {
                #expect(abs(mean - (level * 201).rounded(.down) / 201) < 3 * error, "\(mean) for \(level)")
            }
            // `cross` promises it about.
            #expect(mean < level + 4 * error, "\(calibration): \(mean) for \(level)")
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
                let rate = Double(try #require(model.decisions(for: fresh).anomalyCount)) / 20_000
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
        let error = #expect(throws: OutlierError.self) { try fitted(229) }
        #expect(error?.message.contains("at least 230") == true)
        #expect(error?.suggestion?.contains("99 rows") == true)
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
            let decisions = try #require(model.decisions(for: Scores(normal.values + strange.values)).values)
            let alarms = decisions.count(where: \.isAnomaly)
            found += decisions[450...].count(where: \.isAnomaly)
            shares.append(Double(decisions[..<450].count(where: \.isAnomaly)) / Double(max(1, alarms)))
        }
        #expect(shares.reduce(0, +) / 100 < 0.1)
        #expect(found > 4500)
    }

    @Test func pValuesAreCounts() throws {
        let fitted = try ConformalThreshold(falseAlarmRate: 0.25, certainty: nil).fit(scores: [1, 2, 3, 4, 4, 6, 7])
        let expected: [Double] = [1, 0.625, 0.375, 0.25, 0.125]
        #expect(fitted.pValues(for: [0, 4, 4.5, 7, 8]) == expected)
        let decisions = fitted.decisions(for: [6, 6.5, 7, 8, .nan]).values
        #expect(decisions == [.normal, .anomaly, .anomaly, .anomaly, .undecided])
        #expect(fitted.pValues(for: [.nan])[0].isNaN)
    }

    @Test func rowsOfTheCalibrationAreNotLearntFrom() throws {
        // Known anomalies are learnt from or not, but never calibrated on.
        let data = Self.table(100, seed: 9)
        let labels = (0..<100).map { $0 < 10 ? Label.anomaly : .unlabeled }
        let threshold = ConformalThreshold(falseAlarmRate: 0.05, certainty: nil)
        let model = try Pipeline(detector: MedianAbsoluteDeviation(), threshold: threshold)
            .fit(data.replacing(labels: labels), context: FitContext(seed: 1))
        let fitted = try #require(model.threshold as? FittedConformalThreshold)
        #expect(fitted.calibrationScores.count == 27)
        let known = Set(try model.scores(of: data).values[..<10])
        #expect(fitted.calibrationScores.allSatisfy { !known.contains($0) })
        // The same model by `fit` and by `fitAndScore`, and every row has a score.
        let fit = try Pipeline(detector: MedianAbsoluteDeviation(), threshold: threshold)
            .fitAndScore(data.replacing(labels: labels), context: FitContext(seed: 1))
        let (again, scores) = (fit.model, fit.scores.values)
        #expect(try again.scores(of: data) == model.scores(of: data))
        #expect(scores.allSatisfy { !$0.isNaN })
    }

    @Test func moreRowsThanCanBeCounted() throws {
        for certainty in [nil, 0.9] {
            let error = #expect(throws: OutlierError.self) {
                try ConformalThreshold(falseAlarmRate: 1e-20, certainty: certainty)
                    .requireEnough(calibrationRowCount: 10)
            }
            #expect(error?.message.contains(certainty == nil ? "at least 1e+20 rows" : "at least 2.3") == true)
        }
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

/// Anomalies that score lower than normal rows: the middle of a ring.
@Suite struct ConformalContaminationTests {
    /// The distance to the mean squared.
    private func rates(_ contamination: Double) throws -> [Double] {
        func ring(_ count: Int, _ random: inout RandomSource) -> [[Double]] {
            (0..<count).map { _ in
                let angle = 2 * Double.pi * random.uniform()
                let radius = 5 + 0.5 * random.normal()
                return [radius * cos(angle), radius * sin(angle)]
            }
        }
        return try (0..<60 as Range<UInt64>).map { seed in
            var random = RandomSource(seed: 100 + seed)
            let middle = (0..<300).map { _ in [0.3 * random.normal(), 0.3 * random.normal()] }
            let table = ring(700, &random) + middle
            let model = try Pipeline(
                detector: MahalanobisDistance(),
                threshold: ConformalThreshold(falseAlarmRate: 0.05, contamination: contamination)
            ).fit(Dataset(rows: table), context: FitContext(seed: seed))
            let alarms = try model.decisions(for: model.scores(of: Dataset(rows: ring(4000, &random))))
            return Double(alarms.anomalyCount ?? 0) / 4000
        }
    }

    @Test func theBoundHoldsWhereverAnomaliesScore() throws {
        // Asked for: 0.05 in nine fits of ten.
        let kept = try rates(0.3).count { $0 <= 0.05 }
        #expect(kept >= 51, "\(kept) of 60")
        // Without the assumption the rate may be 0.05 / 0.7, and often is above 0.05.
        let assumed = try rates(0)
        #expect(assumed.count { $0 <= 0.05 } < 51)
        #expect(assumed.allSatisfy { $0 < 0.05 / 0.7 * 1.3 })
    }

    @Test func asksForMoreRows() {
        let certain = ConformalThreshold(falseAlarmRate: 0.05, certainty: nil, contamination: 0.5)
        // 1 / (0.05 · 0.5) − 1.
        #expect(throws: OutlierError.self) { try certain.requireEnough(calibrationRowCount: 38) }
        #expect(throws: Never.self) { try certain.requireEnough(calibrationRowCount: 39) }
    }
}
