/// Binary search.
package enum SortedSearch {
    /// The first place of a range at which `belongsFirst` does not hold, or its end, where all places at which it holds
    /// come before all others. O(log n).
    @inlinable
    package static func partition(_ range: Range<Int>, where belongsFirst: (Int) throws -> Bool) rethrows -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if try belongsFirst(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many of some ascending numbers are below `value`; 0 for `NaN`.
    @inlinable
    package static func count(below value: Double, in sorted: [Double]) -> Int {
        sorted.withUnsafeBufferPointer { count(below: value, in: $0) }
    }

    /// How many of some ascending numbers are `value` or below; 0 for `NaN`.
    @inlinable
    package static func count(upTo value: Double, in sorted: [Double]) -> Int {
        sorted.withUnsafeBufferPointer { count(upTo: value, in: $0) }
    }

    @inlinable
    package static func count(below value: Double, in sorted: UnsafeBufferPointer<Double>) -> Int {
        partition(0..<sorted.count) { sorted[$0] < value }
    }

    @inlinable
    package static func count(upTo value: Double, in sorted: UnsafeBufferPointer<Double>) -> Int {
        partition(0..<sorted.count) { sorted[$0] <= value }
    }
}
