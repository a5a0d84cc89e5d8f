import OutlierCore
import OutlierForests
import Testing

@Suite struct ForestsPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(ForestsPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == ForestsPlugin.name)
        }
    }
}
