import OutlierCore
import OutlierNeighbors
import OutlierTesting
import Testing

@Suite struct ConformanceTests {
    let registry: Registry

    init() throws {
        var registry = Registry()
        try registry.register(NeighborsPlugin.self)
        self.registry = registry
    }

    @Test(arguments: KNearestNeighbors.Method.allCases)
    func kNearestNeighbors(method: KNearestNeighbors.Method) {
        let failures = DetectorConformance.check(KNearestNeighbors(method: method), registry: registry)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: NeighborMetric.allCases)
    func metrics(metric: NeighborMetric) {
        // Angles say little of these tables.
        let floor = metric == .cosine ? nil : 0.9
        for detector in [KNearestNeighbors(metric: metric, power: 3)] {
            let failures = DetectorConformance.check(detector, registry: registry, rocAUCFloor: floor)
            #expect(failures.isEmpty, "\(failures)")
        }
        let failures = DetectorConformance.check(
            LocalOutlierFactor(metric: metric, power: 3), registry: registry, rocAUCFloor: floor)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func localOutlierFactor() {
        let failures = DetectorConformance.check(LocalOutlierFactor(), registry: registry)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: ConnectivityBasedOutlierFactor.Chain.allCases)
    func connectivityBasedOutlierFactor(chain: ConnectivityBasedOutlierFactor.Chain) {
        let failures = DetectorConformance.check(ConnectivityBasedOutlierFactor(chain: chain), registry: registry)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: AngleBasedOutlierDetection.Weighting.allCases)
    func angleBasedOutlierDetection(weighting: AngleBasedOutlierDetection.Weighting) {
        for countsItself in [true, false] {
            let detector = AngleBasedOutlierDetection(weighting: weighting, countsItself: countsItself)
            let failures = DetectorConformance.check(detector, registry: registry)
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test func exactAngles() {
        let data = SyntheticData.clusters(rows: 50, anomalies: 3).data
        let failures = DetectorConformance.check(
            AngleBasedOutlierDetection(method: .exact), registry: registry, data: data)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: SubspaceOutlierDegree.Normalization.allCases)
    func subspaceOutlierDegree(normalization: SubspaceOutlierDegree.Normalization) {
        let failures = DetectorConformance.check(
            SubspaceOutlierDegree(normalization: normalization), registry: registry, rocAUCFloor: 0.8)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test(arguments: [false, true])
    func clusterBasedLocalOutlierFactor(useWeights: Bool) {
        let failures = DetectorConformance.check(
            ClusterBasedLocalOutlierFactor(useWeights: useWeights, starts: 2), registry: registry,
            rocAUCFloor: useWeights ? nil : 0.9)
        #expect(failures.isEmpty, "\(failures)")
    }
}
