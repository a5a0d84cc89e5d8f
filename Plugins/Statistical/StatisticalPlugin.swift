public import OutlierCore

/// The detectors of this family.
public enum StatisticalPlugin: Plugin {
    public static let name = "Statistical"

    public static func register(in registry: inout Registry) throws {
    }
}
