public import OutlierCore

/// Detectors of what is wrong in pictures, and where.
public enum VisionPlugin: Plugin {
    public static let name = "Vision"

    public static func register(in registry: inout Registry) throws {
        try registry.register(PatchCore.self, plugin: name)
        try registry.register(PaDiM.self, plugin: name)
    }
}
