public import OutlierCore

/// The detectors of this family.
public enum ForestsPlugin: Plugin {
    public static let name = "Forests"

    public static func register(in registry: inout Registry) throws {
    }
}
