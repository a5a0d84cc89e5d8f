public import OutlierCore

/// The detectors of this family.
public enum AutoencoderPlugin: Plugin {
    public static let name = "Autoencoder"

    public static func register(in registry: inout Registry) throws {
        try registry.register(Autoencoder.self, plugin: name)
    }
}
