public import OutlierCore

/// The detectors of this family.
public enum PCAPlugin: Plugin {
    public static let name = "PCA"

    public static func register(in registry: inout Registry) throws {
        try registry.register(PrincipalComponents.self, plugin: name)
        try registry.register(KernelPrincipalComponents.self, plugin: name)
        try registry.register(PrincipalComponentReducer.self, plugin: name)
    }
}
