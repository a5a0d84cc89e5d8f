/// Where two neighbouring numbers are told apart.
package enum Midpoint {
    /// A number of `low..<high`, halfway where numbers are dense enough. Both must be finite, and `low` below `high`.
    package static func below(_ high: Double, from low: Double) -> Double {
        // Halves cannot overflow.
        let middle = low / 2 + high / 2
        return middle >= low && middle < high ? middle : low
    }
}
