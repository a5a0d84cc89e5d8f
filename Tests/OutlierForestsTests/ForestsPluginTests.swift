import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

@Suite struct ForestsPluginTests {
    static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(ForestsPlugin.self)
        return registry
    }

    @Test func registersOnce() throws {
        let descriptions = try Self.registry().descriptions(of: .detector)
        #expect(
            Set(descriptions.map(\.name)).isSuperset(of: ["isolation-forest", "extended-isolation-forest", "inne"]))
        for description in descriptions where description.plugin == ForestsPlugin.name {
            #expect(description.reference != nil)
        }
    }

    @Test func isolationForestKeepsItsPromises() throws {
        let registry = try Self.registry()
        #expect(DetectorConformance.check(IsolationForest(), registry: registry).isEmpty)
        #expect(
            DetectorConformance.check(
                IsolationForest(trees: 60, sampleSize: 64, featureShare: 0.5, bootstrap: true), registry: registry
            ).isEmpty)
    }

    @Test func extendedIsolationForestKeepsItsPromises() throws {
        let registry = try Self.registry()
        #expect(DetectorConformance.check(ExtendedIsolationForest(), registry: registry).isEmpty)
        // The conformance kit has tables of one column too, which allow no higher level.
        #expect(DetectorConformance.check(ExtendedIsolationForest(extensionLevel: 0), registry: registry).isEmpty)
        #expect(
            DetectorConformance.check(ExtendedIsolationForest(extensionLevel: 1), registry: registry, data: nil)
                .isEmpty)
    }

    @Test func isolatingNeighborEnsembleKeepsItsPromises() throws {
        let registry = try Self.registry()
        #expect(DetectorConformance.check(IsolatingNeighborEnsemble(), registry: registry).isEmpty)
        #expect(
            DetectorConformance.check(
                IsolatingNeighborEnsemble(sets: 50, sampleSize: 21, squaredRadii: true), registry: registry
            ).isEmpty)
    }
}
