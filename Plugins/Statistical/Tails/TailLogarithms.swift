#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The tails of one column's distribution: −ln of the part of its rows that hold its k least values, and its k largest,
/// for k = 0...count.
///
/// The tail of no row, the entry 0, is that of one row, or that of the outermost value where it weighs less.
struct TailLogarithms: Sendable {
    let left: [Double]
    let right: [Double]

    /// All rows count 1.
    init(count: Int) {
        let total = Double(count)
        left = (0...count).map { 0 - log(Double(max($0, 1)) / total) }
        right = left
    }

    /// - Parameters:
    ///   - values: ascending.
    ///   - weights: how much each counts; above 0.
    init(values: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>) {
        left = TailLogarithms.tails(values.indices, values, weights)
        right = TailLogarithms.tails(values.indices.reversed(), values, weights)
    }

    private static func tails(
        _ order: some Collection<Int>, _ values: UnsafeBufferPointer<Double>, _ weights: UnsafeBufferPointer<Double>
    ) -> [Double] {
        var sums = [0.0]
        sums.reserveCapacity(order.count + 1)
        var sum = 0.0
        for index in order {
            sum += weights[index]
            sums.append(sum)
        }
        guard let first = order.first else { return [0] }
        let outermost = order.prefix { values[$0] == values[first] }.count
        sums[0] = min(1, sums[outermost])
        return sums.map { 0 - log($0 / sum) }
    }
}
