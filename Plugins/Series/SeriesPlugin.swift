public import OutlierCore

/// What is made for series in time: metrics, detectors and preprocessors.
public enum SeriesPlugin: Plugin {
    public static let name = "Series"

    public static func register(in registry: inout Registry) throws {
        try registry.register(Windows.self, plugin: name)
        for shortcut in WindowShortcut.all { try shortcut.register(in: &registry, plugin: name) }
        try registry.register(KMeansDistance.self, plugin: name)
        try registry.register(MatrixProfile.self, plugin: name)
        try registry.register(PolynomialResiduals.self, plugin: name)
        try registry.register(VUSPR.self, plugin: name)
        try registry.register(VUSROC.self, plugin: name)
        try registry.register(RangeAUC.self, plugin: name)
        try registry.register(EventF1.self, plugin: name)
        try registry.register(BestEventF1.self, plugin: name)
        try registry.register(PointAdjustedF1.self, plugin: name)
        try registry.register(AffiliationPrecision.self, plugin: name)
        try registry.register(AffiliationRecall.self, plugin: name)
        try registry.register(AffiliationF1.self, plugin: name)
        try registry.register(UCRAccuracy.self, plugin: name)
        try registry.register(DetectionDelay.self, plugin: name)
        try registry.register(NABScore.self, plugin: name)
    }
}
