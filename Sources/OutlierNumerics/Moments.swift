/// The mean and the (population's) variance of numbers, whose sums cannot overflow.
package struct Moments: Sendable {
    package private(set) var mean = 0.0
    package private(set) var variance = 0.0

    /// 0 and 0 for no numbers.
    package init(_ values: [Double]) {
        for (index, value) in values.enumerated() { mean += (value - mean) / Double(index + 1) }
        for (index, value) in values.enumerated() {
            let deviation = value - mean
            variance += (deviation * deviation - variance) / Double(index + 1)
        }
    }
}
