public import OutlierCore

/// How the columns of a table write numbers and dates: what was done about it, and what is to be stated for other tables of
/// the same kind, which may not prove it.
struct TableNotation {
    private(set) var notes: [String] = []
    private var decimals: Set<ReadOptions.Decimal> = []
    private var isGrouped = false
    private var orders: Set<ReadOptions.DateOrder> = []

    /// - Parameter example: a word that is written otherwise than programs write numbers.
    mutating func add(_ numbers: NumberNotation, column: String, example: (text: String, value: Double)?) {
        if numbers.isProven {
            decimals.insert(numbers.decimal)
            if numbers.isGrouped { isGrouped = true }
        }
        guard let example else { return }
        notes.append(
            "the column “\(column)” writes numbers as people do: “\(example.text)” is read as \(example.value)")
    }

    mutating func add(_ order: ReadOptions.DateOrder, column: String) {
        orders.insert(order)
        let parts =
            switch order {
            case .dayFirst: "the day before the month"
            case .monthFirst: "the month before the day"
            case .yearFirst, .automatic: "the year first"
            }
        notes.append("the column “\(column)” writes dates with \(parts)")
    }

    /// What holds of all columns.
    var stated: StatedNotation {
        let decimal = decimals.count == 1 ? decimals.first : nil
        let thousands: ReadOptions.Thousands? = isGrouped ? decimal.map { $0 == .comma ? .point : .comma } : nil
        return StatedNotation(decimal: decimal, thousands: thousands, dateOrder: orders.count == 1 ? orders.first : nil)
    }
}

/// How numbers and dates are written in a table, as far as its columns agree: `nil` for what none of them proves.
public struct StatedNotation: Hashable, Sendable {
    public var decimal: ReadOptions.Decimal?
    public var thousands: ReadOptions.Thousands?
    public var dateOrder: ReadOptions.DateOrder?
}
