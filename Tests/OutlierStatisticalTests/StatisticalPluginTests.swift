import OutlierCore
import OutlierStatistical
import Testing

@Suite struct StatisticalPluginTests {
    @Test func registersOnce() throws {
        var registry = Registry()
        try registry.register(StatisticalPlugin.self)
        for description in registry.descriptions(of: .detector) {
            #expect(description.plugin == StatisticalPlugin.name)
        }
    }
}
