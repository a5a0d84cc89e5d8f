import OutlierCore
import OutlierNeighbors
import Testing

@Suite struct NeighborsPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(NeighborsPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == NeighborsPlugin.name)
        }
    }
}
