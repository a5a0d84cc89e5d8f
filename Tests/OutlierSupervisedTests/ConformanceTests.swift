import OutlierCore
import OutlierForests
import OutlierNeighbors
import OutlierStatistical
import OutlierSupervised
import OutlierTesting
import Testing

func testRegistry() throws -> Registry {
    var registry = Registry()
    for plugin: any Plugin.Type in [
        CorePlugin.self, SupervisedPlugin.self, NeighborsPlugin.self, StatisticalPlugin.self, ForestsPlugin.self,
    ] {
        try registry.register(plugin)
    }
    return registry
}

@Suite struct ConformanceTests {
    private func check(_ detector: some Detector) throws {
        let failures = DetectorConformance.check(detector, registry: try testRegistry(), rocAUCFloor: 0.85)
        #expect(failures.isEmpty, "\(detector.recipe): \(failures)")
    }

    @Test func boostedTrees() throws {
        var trees = BoostedTrees()
        try check(trees)
        trees.bags = 0
        trees.rowShare = 0.5
        trees.columnShare = 0.5
        trees.depth = 5
        trees.minimumWeight = 0
        try check(trees)
    }

    @Test func scoresAsFeatures() throws {
        try check(
            ScoresAsFeatures(members: [KNearestNeighbors(), HistogramBasedOutlierScore(), IsolationForest(trees: 20)]))
        var trees = BoostedTrees()
        trees.trees = 20
        try check(ScoresAsFeatures(members: [KNearestNeighbors()], learner: trees, keepsColumns: false))
    }
}
