import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct StatisticalConformanceTests {
    private func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        return registry
    }

    private func check(_ detector: some Detector, floor: Double = 0.9) throws {
        let failures = DetectorConformance.check(detector, registry: try registry(), rocAUCFloor: floor)
        #expect(failures.isEmpty, "\(detector.recipe): \(failures)")
    }

    @Test func histogramScores() throws {
        try check(HistogramBasedOutlierScore())
        try check(HistogramBasedOutlierScore(bins: nil))
        try check(HistogramBasedOutlierScore(bins: 10, binWidth: .dynamic))
        try check(HistogramBasedOutlierScore(bins: nil, binWidth: .dynamic), floor: 0.7)
    }

    // Models that rank new rows with their batch break the rule that a row's score is its own, as they say, and
    // are not checked here.
    @Test func tailScores() throws {
        try check(EmpiricalCumulativeOutlierDetection())
        try check(EmpiricalCumulativeOutlierDetection(combination: .row))
        try check(CopulaBasedOutlierDetection())
        try check(CopulaBasedOutlierDetection(combination: .row))
    }

    @Test func deviations() throws {
        for aggregation in ColumnAggregation.allCases {
            try check(MedianAbsoluteDeviation(aggregation: aggregation))
            try check(ZScore(aggregation: aggregation))
            try check(InterquartileRange(factor: 1.5, aggregation: aggregation), floor: 0.7)
        }
    }

    @Test func projections() throws {
        try check(LightweightOnlineDetector())
        try check(LightweightOnlineDetector(bins: nil))
        try check(LightweightOnlineDetector(bins: 10, binLookup: .pyod))
    }

    @Test func capabilitiesAreDerived() throws {
        for name in ["hbos", "ecod", "copod", "mad", "z-score", "iqr", "loda"] {
            let description = try registry().describe(.detector, name)
            #expect(description.capabilities.contains(.explainable), "\(description.name)")
        }
        let zScore = try registry().describe(.detector, "z-score")
        #expect(zScore.capabilities.contains(.streaming) && zScore.capabilities.contains(.mergeable))
    }
}
