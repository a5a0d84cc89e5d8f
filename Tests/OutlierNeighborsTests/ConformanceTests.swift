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
}
