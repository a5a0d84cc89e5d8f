internal import Foundation
package import Neural

/// How rows are compared with what a generator makes of them: numbers by their difference, words by −ln of the probability
/// that the generator gives them. Both sides are one-hot rows.
package struct RowComparison: Sendable {
    package enum Measure: Sendable {
        case absolute
        case squared
    }

    /// A probability below this counts as this.
    private static let leastProbability: Float = 1e-30

    private let layout: RowLayout
    private let measure: Measure

    package init(_ layout: RowLayout, _ measure: Measure) {
        self.layout = layout
        self.measure = measure
    }

    /// For rows of numbers alone.
    package init(numbers: Int, _ measure: Measure) { self.init(RowLayout(width: numbers), measure) }

    /// How many columns a row has, a category counting as one.
    package var columnCount: Int { layout.width }

    /// Adds `weight` / `divisor` times the gradient of the rows' costs with respect to what was made.
    ///
    /// - Parameters:
    ///   - made: rows × one-hot numbers.
    ///   - rows: as many, the rows themselves.
    ///   - gradient: likewise; `nil` where no gradient is wanted.
    /// - Returns: the sum of the costs of all columns of all rows.
    package func add(
        _ made: UnsafePointer<Float>, _ rows: UnsafePointer<Float>, count: Int, weight: Float = 1, divisor: Float,
        gradient: UnsafeMutablePointer<Float>?
    ) -> Double {
        let stride = layout.outputCount
        var sum = 0.0
        for row in 0..<count {
            let first = row * stride
            for index in first..<first + layout.numbers.count {
                let difference = made[index] - rows[index]
                let slope: Float
                switch measure {
                case .absolute:
                    sum += Double(abs(difference))
                    slope = difference > 0 ? 1 : difference < 0 ? -1 : 0
                case .squared:
                    sum += Double(difference * difference)
                    slope = 2 * difference
                }
                gradient?[index] += weight * slope / divisor
            }
            var start = first + layout.numbers.count
            for group in layout.groups {
                let slot = RowComparison.slot(rows + start, of: group.slots)
                let probability = max(made[start + slot], RowComparison.leastProbability)
                sum += -Double(log(probability))
                gradient?[start + slot] -= weight / (probability * divisor)
                start += group.slots
            }
        }
        return sum
    }

    /// What each column of one row costs, divided by the number of columns.
    ///
    /// - Parameters:
    ///   - first: where the row begins in both.
    ///   - body: gets the column of the table.
    func forEachCost(_ made: [Float], _ rows: [Float], at first: Int, _ body: (_ column: Int, _ cost: Double) -> Void) {
        let width = Double(layout.width)
        for (place, column) in layout.numbers.enumerated() {
            let difference = Double(rows[first + place]) - Double(made[first + place])
            body(column, (measure == .squared ? difference * difference : abs(difference)) / width)
        }
        var start = first + layout.numbers.count
        for group in layout.groups {
            let slot = rows[start..<start + group.slots].firstIndex { $0 > 0.5 } ?? start
            let probability = max(made[slot], RowComparison.leastProbability)
            body(group.column, -log(Double(probability)) / width)
            start += group.slots
        }
    }

    /// The slot that is 1.
    private static func slot(_ row: UnsafePointer<Float>, of count: Int) -> Int {
        var slot = 0
        while slot < count - 1, row[slot] <= 0.5 { slot += 1 }
        return slot
    }
}
