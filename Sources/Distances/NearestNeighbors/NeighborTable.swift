/// The nearest neighbours of some rows: as many for each, the nearest first, equal distances by row number.
package struct NeighborTable: Sendable {
    /// How many neighbours each row has.
    package let neighborCount: Int
    /// Rows × `neighborCount`: which points they are.
    package var indices: [Int32]
    /// Rows × `neighborCount`: how far away they are.
    package var distances: [Double]

    package init(rowCount: Int, neighborCount: Int) {
        self.neighborCount = neighborCount
        indices = [Int32](repeating: 0, count: rowCount * neighborCount)
        distances = [Double](repeating: 0, count: rowCount * neighborCount)
    }

    package var rowCount: Int { neighborCount == 0 ? 0 : indices.count / neighborCount }

    /// Where the neighbours of `row` stand in ``indices`` and ``distances``.
    package func range(of row: Int) -> Range<Int> { row * neighborCount..<(row + 1) * neighborCount }
}
