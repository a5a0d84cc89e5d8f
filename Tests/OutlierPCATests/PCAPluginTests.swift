import OutlierCore
import OutlierPCA
import Testing

@Suite struct PCAPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(PCAPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == PCAPlugin.name)
        }
    }
}
