import OutlierCore

/// The rows of a table without their repetitions, and who repeats whom.
///
/// Tables with many equal rows are common, and every search is shorter where each of them stands once.
struct DistinctRows: Sendable {
    /// The first row of each set of equal rows, ascending.
    let representatives: [Int32]
    /// For each row the number of its set; empty where no row is repeated.
    let setOfRow: [Int32]
    /// Where each set begins in `members`; one entry more than there are sets. Empty where no row is repeated.
    let starts: [Int32]
    /// The rows of each set, ascending. Empty where no row is repeated.
    let members: [Int32]

    var hasRepetitions: Bool { !setOfRow.isEmpty }

    init(_ points: Matrix) {
        let rowCount = points.rowCount
        let width = points.columnCount
        var representatives: [Int32] = []
        representatives.reserveCapacity(rowCount)
        var sets = [Int32](repeating: 0, count: rowCount)
        var capacity = 16
        while capacity < 2 * rowCount { capacity *= 2 }
        // Open addressing; a slot holds the number of a set, or -1.
        var slots = [Int32](repeating: -1, count: capacity)
        points.withUnsafeBufferPointer { values in
            for row in 0..<rowCount {
                let start = row * width
                var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
                for column in 0..<width {
                    // The sum makes one zero of the two.
                    hash = (hash ^ (values[start + column] + 0).bitPattern) &* 0xD6E8_FEB8_6659_FD93
                    hash ^= hash >> 32
                }
                var slot = Int(truncatingIfNeeded: RandomSource.mixed(hash)) & (capacity - 1)
                while slots[slot] >= 0 {
                    let other = Int(representatives[Int(slots[slot])]) * width
                    var column = 0
                    while column < width && values[start + column] == values[other + column] { column += 1 }
                    if column == width { break }
                    slot = (slot + 1) & (capacity - 1)
                }
                if slots[slot] < 0 {
                    slots[slot] = Int32(representatives.count)
                    representatives.append(Int32(row))
                }
                sets[row] = slots[slot]
            }
        }
        self.representatives = representatives
        guard representatives.count < rowCount else {
            setOfRow = []
            starts = []
            members = []
            return
        }
        setOfRow = sets
        var starts = [Int32](repeating: 0, count: representatives.count + 1)
        for set in sets { starts[Int(set) + 1] += 1 }
        for set in 0..<representatives.count { starts[set + 1] += starts[set] }
        var next = starts
        var members = [Int32](repeating: 0, count: rowCount)
        for row in 0..<rowCount {
            let set = Int(sets[row])
            members[Int(next[set])] = Int32(row)
            next[set] += 1
        }
        self.starts = starts
        self.members = members
    }

    /// The rows that are equal to `representative`, ascending.
    func members(of representative: Int32) -> ArraySlice<Int32> {
        guard hasRepetitions else { return [representative] }
        let set = Int(setOfRow[Int(representative)])
        return members[Int(starts[set])..<Int(starts[set + 1])]
    }
}
