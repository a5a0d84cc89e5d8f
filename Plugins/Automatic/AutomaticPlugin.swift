public import OutlierCore

/// The detector that chooses detectors.
public enum AutomaticPlugin: Plugin {
    public static let name = "Automatic"

    public static func register(in registry: inout Registry) throws {
        try registry.register(Automatic.self, plugin: name)
    }
}
