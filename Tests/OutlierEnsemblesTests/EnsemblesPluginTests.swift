import OutlierCore
import OutlierEnsembles
import Testing

@Suite struct EnsemblesPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(EnsemblesPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == EnsemblesPlugin.name)
        }
    }
}
