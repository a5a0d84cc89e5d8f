public import OutlierCore

/// Detectors that look at the distributions of columns, or of sums of columns.
public enum StatisticalPlugin: Plugin {
    public static let name = "Statistical"

    public static func register(in registry: inout Registry) throws {
        try registry.register(HistogramBasedOutlierScore.self, plugin: name)
        try registry.register(EmpiricalCumulativeOutlierDetection.self, plugin: name)
        try registry.register(CopulaBasedOutlierDetection.self, plugin: name)
        try registry.register(MedianAbsoluteDeviation.self, plugin: name)
        try registry.register(ZScore.self, plugin: name)
        try registry.register(InterquartileRange.self, plugin: name)
        try registry.register(LightweightOnlineDetector.self, plugin: name)
        try registry.register(MahalanobisDistance.self, plugin: name)
        try registry.register(MinimumCovarianceDeterminant.self, plugin: name)
        try registry.register(GaussianMixture.self, plugin: name)
        try registry.register(KernelDensity.self, plugin: name)
    }
}
