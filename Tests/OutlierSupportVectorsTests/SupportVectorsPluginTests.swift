import OutlierCore
import OutlierSupportVectors
import Testing

@Suite struct SupportVectorsPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(SupportVectorsPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == SupportVectorsPlugin.name)
        }
    }
}
