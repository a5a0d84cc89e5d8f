import OutlierCore
import OutlierStreams
import OutlierTesting
import Testing

@Suite struct StreamsPluginTests {
    private func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(StreamsPlugin.self)
        return registry
    }

    @Test func halfSpaceTreesKeepTheirPromises() throws {
        let failures = DetectorConformance.check(
            HalfSpaceTrees(trees: 25, depth: 8, window: 100), registry: try registry(), rocAUCFloor: 0.9)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func randomCutForestKeepsItsPromises() throws {
        let failures = DetectorConformance.check(
            RobustRandomCutForest(trees: 30, sampleSize: 64), registry: try registry(), rocAUCFloor: 0.9)
        #expect(failures.isEmpty, "\(failures)")
        let decaying = DetectorConformance.check(
            RobustRandomCutForest(trees: 10, sampleSize: 32, timeDecay: 0.01), registry: try registry(),
            rocAUCFloor: nil)
        #expect(decaying.isEmpty, "\(decaying)")
    }
}
