// The metrics that come with the core, for lists of metrics: [.rocAUC, .f1].

extension Metric where Self == ROCAUC { public static var rocAUC: ROCAUC { ROCAUC() } }

extension Metric where Self == AveragePrecision {
    public static var averagePrecision: AveragePrecision { AveragePrecision() }
}

extension Metric where Self == PrecisionAtN {
    /// Of as many rows as there are anomalies.
    public static var precisionAtN: PrecisionAtN { PrecisionAtN() }
    public static func precision(at n: Int) -> PrecisionAtN { PrecisionAtN(n: n) }
}

extension Metric where Self == BestF1 { public static var bestF1: BestF1 { BestF1() } }
extension Metric where Self == Precision { public static var precision: Precision { Precision() } }
extension Metric where Self == Recall { public static var recall: Recall { Recall() } }
extension Metric where Self == F1 { public static var f1: F1 { F1() } }
extension Metric where Self == Accuracy { public static var accuracy: Accuracy { Accuracy() } }

extension Metric where Self == BalancedAccuracy {
    public static var balancedAccuracy: BalancedAccuracy { BalancedAccuracy() }
}

extension Metric where Self == MatthewsCorrelation {
    public static var matthewsCorrelation: MatthewsCorrelation { MatthewsCorrelation() }
}

extension Metric where Self == ConfusionMatrix { public static var confusion: ConfusionMatrix { ConfusionMatrix() } }

extension Metric where Self == Cost {
    public static func cost(falseAlarm: Double, miss: Double) -> Cost {
        Cost(cost: CostMatrix(falseAlarm: falseAlarm, miss: miss))
    }
}
