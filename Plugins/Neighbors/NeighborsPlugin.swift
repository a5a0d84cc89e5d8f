public import OutlierCore

/// Detectors that compare a row with the rows near it.
public enum NeighborsPlugin: Plugin {
    public static let name = "Neighbors"

    public static func register(in registry: inout Registry) throws {
        try registry.register(KNearestNeighbors.self, plugin: name)
        try registry.register(LocalOutlierFactor.self, plugin: name)
        try registry.register(ConnectivityBasedOutlierFactor.self, plugin: name)
        try registry.register(AngleBasedOutlierDetection.self, plugin: name)
        try registry.register(SubspaceOutlierDegree.self, plugin: name)
        try registry.register(ClusterBasedLocalOutlierFactor.self, plugin: name)
    }
}
