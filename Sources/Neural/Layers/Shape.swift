/// The shape of one row of activations, whose numbers lie row-major: `[64]` for a vector, `[channels, height, width]` for
/// an image, `[time, features]` for a series.
package struct Shape: Hashable, Sendable {
    package let lengths: [Int]
    /// How many numbers a row has.
    package let count: Int

    /// The lengths must be positive and their product must not overflow; see ``init(checked:)`` for lengths from outside.
    package init(_ lengths: Int...) {
        self.lengths = lengths
        count = lengths.reduce(1, *)
    }

    /// - Returns: `nil` where a length is not positive or a row would have more than 2³¹ − 1 numbers.
    package init?(checked lengths: [Int]) {
        var count = 1
        for length in lengths {
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard length > 0, !overflow, product <= Int(Int32.max) else { return nil }
            count = product
        }
        guard !lengths.isEmpty else { return nil }
        self.lengths = lengths
        self.count = count
    }
}
