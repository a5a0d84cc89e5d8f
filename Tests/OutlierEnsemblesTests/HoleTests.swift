import OutlierCore
import OutlierEnsembles
import OutlierForests
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

/// What rows a detector takes that is made of others.
@Suite struct HoleTests {
    private let members: [any Detector] = [
        IsolationForest(trees: 20), HistogramBasedOutlierScore(), EmpiricalCumulativeOutlierDetection(),
    ]
    private let holed = SyntheticData.withHoles(SyntheticData.clusters(rows: 200).data, share: 0.1)

    @Test func anEnsembleOfDetectorsThatTakeHolesTakesHoles() throws {
        let ensemble = Ensemble(members: members)
        #expect(ensemble.takes == [.missing, .weights])
        let fit = try ensemble.fitAndScore(holed, context: FitContext(seed: 3))
        let (model, scores) = (fit.model, fit.scores.values)
        #expect(model.takes == .missing)
        // By definition: the mean of the members' z-scores.
        var expected = [Double](repeating: 0, count: holed.rowCount)
        for (index, member) in members.enumerated() {
            let own = try fitAndScore(member, holed, seed: FitContext(seed: 3).part(index).seed).scores.values
            let mean = own.reduce(0, +) / Double(own.count)
            let deviation = (own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)).squareRoot()
            for row in own.indices { expected[row] += (own[row] - mean) / deviation / Double(members.count) }
        }
        #expect(Agreement.largestDifference(scores, expected) < 1e-9)
        #expect(try model.scores(of: holed).allSatisfy(\.isFinite))
    }

    @Test func ensemblesThatTakeHolesConform() throws {
        var registry = try testRegistry()
        try registry.register(ForestsPlugin.self)
        for detector in [
            Ensemble(members: members), FeatureBagging(base: EmpiricalCumulativeOutlierDetection(), estimators: 4),
        ] as [any Detector] {
            let failures = DetectorConformance.check(detector, registry: registry, rocAUCFloor: 0.8)
            #expect(failures.isEmpty, "\(detector.recipe): \(failures)")
        }
    }

    @Test func theMemberThatTakesNoHolesIsNamed() throws {
        let nested = Ensemble(members: [Ensemble(members: members + [LocalOutlierFactor()]), ZScore()])
        for detector in [nested, FeatureBagging(base: LocalOutlierFactor())] as [any Detector] {
            #expect(!detector.takes.contains(.missing))
            let error = #expect(throws: OutlierError.self) { try fitAndScore(detector, holed) }
            #expect(error?.code == .missingValue && error?.component == "lof")
        }
        #expect(throws: OutlierError.self) { try LocallySelectiveCombination(members: members).fit(holed) }
    }

    @Test func whatFillsHolesMakesItsMemberTakeThem() throws {
        let filled = Pipeline(preprocessors: [Imputer()], detector: LocalOutlierFactor())
        let ensemble = Ensemble(members: [filled] + members)
        #expect(ensemble.takes.contains(.missing) && !ensemble.takes.contains(.weights))
        let model = try ensemble.fit(holed)
        #expect(model.takes.contains(.missing) && !model.takes.contains(.categories))
        let error = #expect(throws: OutlierError.self) {
            try ensemble.fit(holed.replacing(labels: nil, weights: (0..<holed.rowCount).map { Double($0 % 3) }))
        }
        #expect(error?.code == .weightsNotTaken && error?.component == "lof")
    }
}
