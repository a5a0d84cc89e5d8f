import OutlierCore

/// The rows of a table without their repetitions, and who repeats whom.
///
/// Tables with many equal rows are common, and every search is shorter where each of them stands once.
struct DistinctRows: Sendable {
    /// The first row of each set of equal rows, ascending.
    let representatives: [Int32]
    /// `nil` where no row is repeated.
    let repetitions: Repetitions?

    struct Repetitions: Sendable {
        /// For each row the number of its set.
        let setOfRow: FixedBuffer<Int32>
        /// Where each set begins in `members`; one entry more than there are sets.
        let starts: FixedBuffer<Int32>
        /// The rows of each set, ascending.
        let members: FixedBuffer<Int32>

        /// The rows that are equal to `row`, itself among them, ascending.
        func members(of row: Int32) -> UnsafeBufferPointer<Int32> {
            let set = starts.pointer + Int(setOfRow.pointer[Int(row)])
            return UnsafeBufferPointer(start: members.pointer + Int(set[0]), count: Int(set[1] - set[0]))
        }
    }

    init(_ points: Matrix) {
        let rowCount = points.rowCount
        let width = points.columnCount
        var representatives: [Int32] = []
        representatives.reserveCapacity(rowCount)
        let sets = FixedBuffer<Int32>(rowCount, repeating: 0)
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
                sets.pointer[row] = slots[slot]
            }
        }
        self.representatives = representatives
        guard representatives.count < rowCount else {
            repetitions = nil
            return
        }
        let setCount = representatives.count
        let starts = FixedBuffer<Int32>(setCount + 1, repeating: 0)
        for row in 0..<rowCount { starts.pointer[Int(sets.pointer[row]) + 1] += 1 }
        for set in 0..<setCount { starts.pointer[set + 1] += starts.pointer[set] }
        let next = FixedBuffer<Int32>(setCount, repeating: 0)
        let members = FixedBuffer<Int32>(rowCount, repeating: 0)
        for row in 0..<rowCount {
            let set = Int(sets.pointer[row])
            members.pointer[Int(starts.pointer[set] + next.pointer[set])] = Int32(row)
            next.pointer[set] += 1
        }
        repetitions = Repetitions(setOfRow: sets, starts: starts, members: members)
    }
}
