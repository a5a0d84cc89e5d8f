public import OutlierCore

/// Adversarially trained generators.
public enum GANPlugin: Plugin {
    public static let name = "GAN"

    public static func register(in registry: inout Registry) throws {
        try registry.register(GANomaly.self, plugin: name)
        try registry.register(AdversariallyLearnedAnomalyDetection.self, plugin: name)
        try registry.register(AnoGAN.self, plugin: name)
        try registry.register(FastAnoGAN.self, plugin: name)
    }
}
