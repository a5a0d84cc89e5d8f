public import OutlierCore

/// The detectors of this family.
public enum NeighborsPlugin: Plugin {
    public static let name = "Neighbors"

    public static func register(in registry: inout Registry) throws {
    }
}
