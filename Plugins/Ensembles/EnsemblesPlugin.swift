public import OutlierCore

/// Detectors that are made of other detectors.
public enum EnsemblesPlugin: Plugin {
    public static let name = "Ensembles"

    public static func register(in registry: inout Registry) throws {
        try registry.register(Ensemble.self, plugin: name)
        try registry.register(FeatureBagging.self, plugin: name)
        try registry.register(LocallySelectiveCombination.self, plugin: name)
    }
}
