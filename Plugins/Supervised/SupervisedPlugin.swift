public import OutlierCore

/// Detectors that learn from known anomalies, and a choice of columns by such.
public enum SupervisedPlugin: Plugin {
    public static let name = "Supervised"

    public static func register(in registry: inout Registry) throws {
        try registry.register(BoostedTrees.self, plugin: name)
        try registry.register(ScoresAsFeatures.self, plugin: name)
        try registry.register(ForestImportanceSelection.self, plugin: name)
    }
}
