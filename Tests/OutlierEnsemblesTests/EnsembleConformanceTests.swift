import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct EnsembleConformanceTests {
    private let members: [any Detector] = [
        KNearestNeighbors(), HistogramBasedOutlierScore(), LightweightOnlineDetector(bins: 10, cuts: 20),
        Pipeline(preprocessors: [StandardScaler()], detector: LocalOutlierFactor()),
    ]

    private func check(_ detector: some Detector, floor: Double = 0.9) throws {
        let failures = DetectorConformance.check(detector, registry: try testRegistry(), rocAUCFloor: floor)
        #expect(failures.isEmpty, "\(detector.recipe): \(failures)")
    }

    @Test func ensembles() throws {
        for combination in ScoreCombination.allCases {
            try check(Ensemble(members: members, combination: combination, normalization: .rank, buckets: 2))
        }
        try check(Ensemble(members: members))
        try check(Ensemble(members: members, combination: .maximum, normalization: .none))
        try check(Ensemble(members: [Ensemble(members: members), ZScore()]))
    }

    @Test func featureBagging() throws {
        try check(FeatureBagging(base: LocalOutlierFactor()))
        try check(
            FeatureBagging(
                base: KNearestNeighbors(), estimators: 4, maxFeatures: 0.5, combination: .maximum,
                normalization: .zScore))
        try check(FeatureBagging(base: LightweightOnlineDetector(), estimators: 3))
    }

    @Test func locallySelectiveCombination() throws {
        try check(LocallySelectiveCombination(members: members))
        try check(LocallySelectiveCombination(members: members, localRegionSize: 12, localMaxFeatures: 0.75, bins: 2))
    }
}
