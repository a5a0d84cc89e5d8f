public import OutlierCore

/// The detectors of this family.
public enum SupportVectorsPlugin: Plugin {
    public static let name = "SupportVectors"

    public static func register(in registry: inout Registry) throws {
        try registry.register(OneClassSupportVectorMachine.self, plugin: name)
        try registry.register(OneClassStochasticGradient.self, plugin: name)
    }
}
