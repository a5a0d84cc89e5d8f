import OutlierCore
import Testing

/// Shares that are whole numbers, in spite of how they are written in binary.
@Suite struct ShareTests {
    @Test func areThoseOfDecimalNumbers() {
        for thousandths in 0...1000 {
            for count in [1, 2, 3, 7, 10, 29, 30, 100, 128, 200, 1000, 4999, 10_000, 1_000_003] {
                let share = Double(thousandths) / 1000
                #expect(Shares.floor(share, of: count) == thousandths * count / 1000)
                #expect(Shares.ceiling(share, of: count) == (thousandths * count + 999) / 1000)
            }
        }
        #expect(Shares.floor(0.29, of: 100) == 29)
        #expect(Shares.ceiling(0.1, of: 30) == 3)
        #expect(Shares.floor(.infinity, of: 3) > 0 && Shares.floor(.nan, of: 3) == 0)
    }

    /// Of 0, 1, … 100 the quantile k / 100 is k; a cutoff a little lower calls one row too many an anomaly.
    @Test func quantilesOfWholePlacesAreElements() throws {
        let scores = (0...100).map(Double.init)
        for hundredths in 1...50 {
            let contamination = Double(hundredths) / 100
            #expect(Quantiles.quantile(of: scores, 1 - contamination) == Double(100 - hundredths))
            #expect(Quantiles.quantile(ofSorted: scores, 1 - contamination) == Double(100 - hundredths))
            let decisions = try QuantileThreshold(contamination: contamination).fit(scores: scores).decisions(
                for: scores)
            #expect(decisions.anomalyCount == hundredths)
        }
    }
}
