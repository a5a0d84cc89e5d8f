internal import OutlierCore

/// Which rows come to a batch where not every row comes once an epoch: each place of a batch has a group, from which a row
/// is drawn, any number of times. So few rows come as often as many, or rows come in pairs.
///
///     RowDraws([others, anomalies], pattern: [0, 1], stepsPerEpoch: 20)     // every other row of a batch is an anomaly
package struct RowDraws: Sendable, Hashable, CustomStringConvertible {
    package let groups: [[Int]]
    /// The groups of the places of a batch, over and over. A batch is a whole number of patterns.
    package let pattern: [Int]
    package let stepsPerEpoch: Int

    /// - Parameter groups: numbers of rows, at least one each.
    package init(_ groups: [[Int]], pattern: [Int], stepsPerEpoch: Int) {
        precondition(groups.allSatisfy { !$0.isEmpty }, "a row is drawn from every group")
        precondition(
            !pattern.isEmpty && pattern.allSatisfy(groups.indices.contains), "a pattern is of numbers of groups")
        self.groups = groups
        self.pattern = pattern
        self.stepsPerEpoch = stepsPerEpoch
    }

    /// Rows for `count` places.
    func rows(_ count: Int, random: inout RandomSource) -> [Int] {
        (0..<count).map { place in
            let group = groups[pattern[place % pattern.count]]
            return group[random.index(below: group.count)]
        }
    }

    /// Short, whatever the number of rows: checkpoints carry it, and are refused where any row is in another group.
    package var description: String {
        var hash: UInt64 = 0
        for row in groups.joined() { hash = RandomSource.mixed(hash ^ UInt64(row)) }
        return "\(groups.map(\.count)) \(hash), \(pattern), \(stepsPerEpoch)"
    }
}
