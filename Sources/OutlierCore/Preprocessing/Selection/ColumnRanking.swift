/// Chooses columns by a number each.
package enum ColumnRanking {
    /// The `count` columns of the highest numbers, ascending; of equal numbers the first columns. All where there are
    /// not more.
    package static func best(_ count: Int, of values: [Double]) -> [Int] {
        let order = values.indices.sorted { first, second in
            let (a, b) = (values[first], values[second])
            return a == b || (a.isNaN && b.isNaN) ? first < second : a > b || b.isNaN
        }
        return order.prefix(count).sorted()
    }
}
