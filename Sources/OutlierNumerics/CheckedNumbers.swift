/// Whole numbers out of numbers that come from outside: from a table, a configuration, a model's file.
///
/// `Int(_:)` of a floating-point number that is not finite or too large ends the process, and so does a product that is too
/// large. What a file, a parameter or a row can reach goes through here.
public enum CheckedNumbers {
    /// The whole number that `value` is rounded to, towards zero; `nil` for NaN, infinities and what `Int` does not hold.
    @inlinable
    public static func whole(_ value: Double) -> Int? { Int(exactly: value.rounded(.towardZero)) }

    /// The whole number that `value` is rounded to, towards zero, or the bound of `range` that it lies beyond; the lower one
    /// for NaN.
    @inlinable
    public static func whole(_ value: Double, in range: ClosedRange<Int>) -> Int {
        guard value > Double(range.lowerBound) else { return range.lowerBound }
        guard value < Double(range.upperBound) else { return range.upperBound }
        return Int(value)
    }

    /// The product of numbers, or `nil` where it is too large.
    @inlinable
    public static func product(_ factors: [Int]) -> Int? {
        var product = 1
        for factor in factors {
            let (result, overflow) = product.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            product = result
        }
        return product
    }
}
