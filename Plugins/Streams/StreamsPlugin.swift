public import OutlierCore

/// Detectors that learn from each row as it comes, in bounded memory: `half-space-trees` and `robust-random-cut-forest`.
public enum StreamsPlugin: Plugin {
    public static let name = "Streams"

    public static func register(in registry: inout Registry) throws {
        try registry.register(HalfSpaceTrees.self, plugin: name)
        try registry.register(RobustRandomCutForest.self, plugin: name)
    }
}
