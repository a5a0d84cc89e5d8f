public import OutlierCore

/// The detectors that isolate rows by ensembles of random partitions: `isolation-forest`,
/// `extended-isolation-forest` and `inne`.
public enum ForestsPlugin: Plugin {
    public static let name = "Forests"

    public static func register(in registry: inout Registry) throws {
        try registry.register(IsolationForest.self, plugin: name)
        try registry.register(ExtendedIsolationForest.self, plugin: name)
        try registry.register(IsolatingNeighborEnsemble.self, plugin: name)
    }
}
