public import OutlierCore

/// The detectors of this family.
public enum EnsemblesPlugin: Plugin {
    public static let name = "Ensembles"

    public static func register(in registry: inout Registry) throws {
    }
}
