/// Order statistics of numbers without `NaN`.
public enum Quantiles {
    /// The quantile of sorted numbers, linearly interpolated between neighbours (Hyndman & Fan's type 7, NumPy's
    /// default). `probability` is 0...1; `sorted` must not be empty.
    public static func quantile(ofSorted sorted: [Double], _ probability: Double) -> Double {
        let position = position(probability, count: sorted.count)
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
        let position = position(probability, count: values.count)
        let lower = Int(position)
        var work = values
        // Only the neighbours of the position need to be in their places.
        let least = work.withUnsafeMutableBufferPointer { select(lower, in: $0) }
        guard lower + 1 < work.count, position > Double(lower) else { return least }
        let next = work[(lower + 1)...].min() ?? least
        let weight = position - Double(lower)
        if least == next { return least }
        return weight < 0.5 ? least + (next - least) * weight : next - (next - least) * (1 - weight)
    }

    /// Where the quantile lies among so many sorted numbers, from 0. A place that is a whole number but for rounding is that
    /// number: a block of ties would lose its first place, and a cutoff fall below a score that it should equal.
    private static func position(_ probability: Double, count: Int) -> Double {
        let last = Double(count - 1)
        return min(max(Shares.settled(min(max(probability, 0), 1) * last, scale: last), 0), last)
    }

    public static func median(of values: [Double]) -> Double { quantile(of: values, 0.5) }

    /// The element that would be at `index` were the numbers sorted; afterwards it is there, no larger one before it
    /// and no smaller one behind it (Hoare's selection, with the median of three as pivot, so linear on average).
    private static func select(_ index: Int, in values: UnsafeMutableBufferPointer<Double>) -> Double {
        var low = 0
        var high = values.count - 1
        while low < high {
            let middle = low + (high - low) / 2
            if values[middle] < values[low] { values.swapAt(middle, low) }
            if values[high] < values[low] { values.swapAt(high, low) }
            if values[high] < values[middle] { values.swapAt(high, middle) }
            let pivot = values[middle]
            var i = low
            var j = high
            while i <= j {
                while values[i] < pivot { i += 1 }
                while values[j] > pivot { j -= 1 }
                if i <= j {
                    values.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if index <= j {
                high = j
            } else if index >= i {
                low = i
            } else {
                return values[index]
            }
        }
        return values[index]
    }
}
