/// Order statistics of numbers without `NaN`.
public enum Quantiles {
    /// The quantile of sorted numbers, linearly interpolated between neighbours (Hyndman & Fan's type 7, NumPy's
    /// default). `probability` is 0...1; `sorted` must not be empty.
    public static func quantile(ofSorted sorted: [Double], _ probability: Double) -> Double {
        let position = min(max(probability, 0), 1) * Double(sorted.count - 1)
        let lower = Int(position)
        let upper = min(lower + 1, sorted.count - 1)
        let weight = position - Double(lower)
        if weight == 0 || sorted[lower] == sorted[upper] { return sorted[lower] }
        // Like NumPy, from the nearer end, so that the result is monotonic in the probability.
        let difference = sorted[upper] - sorted[lower]
        return weight < 0.5 ? sorted[lower] + difference * weight : sorted[upper] - difference * (1 - weight)
    }

    /// The quantile of numbers in any order. `values` must not be empty.
    public static func quantile(of values: [Double], _ probability: Double) -> Double {
        quantile(ofSorted: values.sorted(), probability)
    }

    public static func median(of values: [Double]) -> Double { quantile(of: values, 0.5) }
}
