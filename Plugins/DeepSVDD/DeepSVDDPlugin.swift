public import OutlierCore

/// Networks that draw the normal rows together into a hypersphere.
public enum DeepSVDDPlugin: Plugin {
    public static let name = "DeepSVDD"

    public static func register(in registry: inout Registry) throws {
        try registry.register(DeepSupportVectorDataDescription.self, plugin: name)
        try registry.register(DeepSemiSupervisedAnomalyDetection.self, plugin: name)
    }
}
