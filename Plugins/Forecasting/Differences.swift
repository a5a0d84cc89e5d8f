/// Differences of a series, between neighbours and between seasons.
struct Differences: Sendable, Hashable {
    /// How often neighbours are subtracted, d.
    var order: Int
    /// How often the value one period before is subtracted, D.
    var seasonalOrder: Int
    var period: Int

    /// How many values at the begin have no difference.
    var lost: Int { order + seasonalOrder * period }

    /// The differences of all values but the first ``lost``. One with a missing part is missing.
    func apply(_ values: [Double]) -> [Double] {
        var result = values
        for _ in 0..<order { result = Differences.lagged(result, by: 1) }
        for _ in 0..<seasonalOrder { result = Differences.lagged(result, by: period) }
        return result
    }

    private static func lagged(_ values: [Double], by lag: Int) -> [Double] {
        zip(values.dropFirst(lag), values).map { $0 - $1 }
    }
}
