import OutlierCore

/// Numbers in ascending order, each of which counts as often as its weight says: 1 for all where there are no weights.
///
/// With whole weights everything here is what it is for the numbers repeated that often. Weights that add up to less than
/// there are numbers cannot be meant as such counts: they are multiplied so that they add up to that.
struct WeightedColumn {
    let sorted: [Double]
    /// What the first k numbers count together, for k = 0...count; `nil` where each counts 1.
    private let sums: [Double]?

    /// Each counts 1.
    ///
    /// - Parameter sorted: at least one number, ascending.
    init(sorted: [Double]) { self.init(sorted: sorted, sums: nil) }

    private init(sorted: [Double], sums: [Double]?) {
        self.sorted = sorted
        self.sums = sums
    }

    /// - Parameters:
    ///   - values: at least one number, in any order, no more than 32 bits can count.
    ///   - weights: one for each; above 0. `nil` for 1.
    init(_ values: [Double], weights: [Double]?) {
        guard let weights else {
            self.init(sorted: SortedColumn.sorted(values))
            return
        }
        let (sorted, origins) = SortedColumn.sortedWithOrigins(values)
        let total = weights.reduce(0, +)
        let count = Double(values.count)
        let factor = total < count ? count / total : 1
        var sums = [0.0]
        sums.reserveCapacity(values.count + 1)
        var sum = 0.0
        for origin in origins {
            sum += weights[origin] * factor
            sums.append(sum)
        }
        self.init(sorted: sorted, sums: sums)
    }

    var count: Int { sorted.count }

    /// What all count together.
    var total: Double { sums?[count] ?? Double(count) }

    /// What some numbers that follow one another count together.
    func weight(of range: Range<Int>) -> Double {
        sums.map { $0[range.upperBound] - $0[range.lowerBound] } ?? Double(range.count)
    }

    /// How many numbers, from the least, count `weight` together or just more; as many as there are where all count less.
    func position(behind weight: Double) -> Int {
        guard let sums else { return min(count, Int(weight.rounded(.up))) }
        return SortedSearch.partition(0..<count) { sums[$0] < weight }
    }

    /// The index of the number that lies at a position from 0 to below ``total``, were each laid out at its weight's length.
    private func index(at position: Double, _ sums: [Double]) -> Int {
        SortedSearch.partition(0..<count - 1) { sums[$0 + 1] <= position }
    }

    /// Linearly interpolated between neighbours (NumPy's default); `probability` is 0...1.
    func quantile(_ probability: Double) -> Double {
        guard let sums else { return Quantiles.quantile(ofSorted: sorted, probability) }
        let position = min(max(probability, 0), 1) * max(0, total - 1)
        let whole = position.rounded(.down)
        let pair = [sorted[index(at: whole, sums)], sorted[index(at: min(whole + 1, max(0, total - 1)), sums)]]
        return Quantiles.quantile(ofSorted: pair, position - whole)
    }

    var median: Double { quantile(0.5) }

    /// The distances from a number.
    private func distances(from center: Double) -> (values: [Double], weights: [Double]?) {
        (sorted.map { abs($0 - center) }, sums.map { sums in sorted.indices.map { sums[$0 + 1] - sums[$0] } })
    }

    /// The median of |x − median|.
    var medianAbsoluteDeviation: Double {
        let (values, weights) = distances(from: median)
        return weights == nil ? Quantiles.median(of: values) : WeightedColumn(values, weights: weights).median
    }

    /// The mean of |x − median|.
    var meanAbsoluteDeviation: Double {
        let median = median
        guard let sums else {
            let count = Double(sorted.count)
            return sorted.reduce(0) { $0 + abs($1 - median) / count }
        }
        return sorted.indices.reduce(0) { $0 + abs(sorted[$1] - median) * ((sums[$1 + 1] - sums[$1]) / total) }
    }
}
