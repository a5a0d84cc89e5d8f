/// How the deviations of a row's columns become one score.
public enum ColumnAggregation: String, Sendable, CaseIterable {
    /// The largest deviation: one wild value is enough.
    case maximum
    /// The mean of the deviations.
    case mean
    /// The sum of the deviations.
    case sum
}
