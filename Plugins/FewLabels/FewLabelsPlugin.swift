public import OutlierCore

/// Networks that learn to score from a few known anomalies among many rows of which nothing is known.
public enum FewLabelsPlugin: Plugin {
    public static let name = "FewLabels"

    public static func register(in registry: inout Registry) throws {
        try registry.register(DeviationNetwork.self, plugin: name)
        try registry.register(PairwiseRelationNetwork.self, plugin: name)
    }
}
