/// What the core itself registers: the pipeline, metrics, thresholds and preprocessors that need no numerics.
public enum CorePlugin: Plugin {
    public static let name = "Core"

    public static func register(in registry: inout Registry) throws {
        try registry.register(Pipeline.self, plugin: name)

        try registry.register(StandardScaler.self, plugin: name)
        try registry.register(RobustScaler.self, plugin: name)
        try registry.register(MinMaxScaler.self, plugin: name)
        try registry.register(OneHotEncoder.self, plugin: name)
        try registry.register(Imputer.self, plugin: name)

        try registry.register(QuantileThreshold.self, plugin: name)
        try registry.register(MADThreshold.self, plugin: name)
        try registry.register(FixedThreshold.self, plugin: name)
        try registry.register(IQRThreshold.self, plugin: name)
        try registry.register(ConformalThreshold.self, plugin: name)
        try registry.register(CostOptimalThreshold.self, plugin: name)
        try registry.register(BestF1Threshold.self, plugin: name)

        try registry.register(ROCAUC.self, plugin: name)
        try registry.register(AveragePrecision.self, plugin: name)
        try registry.register(PrecisionAtN.self, plugin: name)
        try registry.register(BestF1.self, plugin: name)
        try registry.register(Accuracy.self, plugin: name)
        try registry.register(BalancedAccuracy.self, plugin: name)
        try registry.register(Precision.self, plugin: name)
        try registry.register(Recall.self, plugin: name)
        try registry.register(F1.self, plugin: name)
        try registry.register(MatthewsCorrelation.self, plugin: name)
        try registry.register(ConfusionMatrix.self, plugin: name)
        try registry.register(Cost.self, plugin: name)
    }
}
