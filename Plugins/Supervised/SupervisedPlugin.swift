public import OutlierCore

/// Detectors that learn from known anomalies.
public enum SupervisedPlugin: Plugin {
    public static let name = "Supervised"

    public static func register(in registry: inout Registry) throws {
        try registry.register(BoostedTrees.self, plugin: name)
        try registry.register(ScoresAsFeatures.self, plugin: name)
    }
}
