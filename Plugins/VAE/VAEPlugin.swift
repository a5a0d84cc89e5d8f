public import OutlierCore

/// Variational autoencoders.
public enum VAEPlugin: Plugin {
    public static let name = "VAE"

    public static func register(in registry: inout Registry) throws {
        try registry.register(VariationalAutoencoder.self, plugin: name)
    }
}
