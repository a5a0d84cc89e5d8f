public import OutlierCore

/// Thresholds that fit a distribution to the scores.
public enum ThresholdsPlugin: Plugin {
    public static let name = "Thresholds"

    public static func register(in registry: inout Registry) throws {
        try registry.register(PeaksOverThreshold.self, plugin: name)
        try registry.register(AreaUnderCurvePercentage.self, plugin: name)
        try registry.register(KarcherMean.self, plugin: name)
    }
}
