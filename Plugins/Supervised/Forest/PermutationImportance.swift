internal import OutlierCore

/// By how much the error of a random forest rises when the values of a column are shuffled among the rows.
///
/// A row is judged by the trees that were not grown on it. The error is the mean squared difference of their mean vote from
/// the truth, both classes weighing the same: it moves with every vote, where an accuracy or an area under a curve stands
/// still until rows change sides.
struct PermutationImportance: Sendable {
    /// Rows by which the forest is judged.
    struct Rows: Sendable {
        /// Their numbers in the table.
        let numbers: [Int]
        let isAnomaly: [Bool]

        /// More rows of a class than this say little more, and cost as much again.
        private static let mostOfAClass = 2_000

        /// - Parameter classes: the rows that are no anomalies, and those that are.
        init(_ classes: [[Int]], atMost limit: Int, random: RandomSource) {
            var random = random
            var numbers: [Int] = []
            var isAnomaly: [Bool] = []
            for (label, members) in classes.enumerated() {
                let count = min(members.count, limit, Rows.mostOfAClass)
                let chosen =
                    count < members.count
                    ? random.sample(count, below: members.count).sorted().map { members[$0] } : members
                numbers += chosen
                isAnomaly += chosen.map { _ in label == 1 }
            }
            self.numbers = numbers
            self.isAnomaly = isAnomaly
        }
    }

    struct Tree: Sendable {
        let tree: BoostedTree
        /// Whether the tree was grown without each of the rows.
        let isUnseen: [Bool]
    }

    /// scikit-learn's default.
    private static let repeats = 5

    let table: BinnedColumns
    let rows: Rows
    let trees: [Tree]

    /// The mean rise of the error of some shuffles, for each column of the table; 0 for one that no tree cuts.
    ///
    /// - Throws: ``OutlierError/Code/notEnoughRows`` where the trees have seen all rows of a class, `CancellationError`.
    func rises(context: FitContext) throws -> [Double] {
        let votes = votes
        let error = try error(of: votes.sums, votes.counts)
        var users = [[Int]](repeating: [], count: table.columnCount)
        for (index, tree) in trees.enumerated() { for column in tree.tree.columns { users[column].append(index) } }
        var result = [Double](repeating: 0, count: table.columnCount)
        let used = users
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try context.execution.forEach(table.columnCount) { column in
                guard !used[column].isEmpty else { return }
                var random = context.random(stream: trees.count + column)
                for _ in 0..<PermutationImportance.repeats {
                    try context.checkCancellation()
                    let order = random.sample(rows.numbers.count, below: rows.numbers.count)
                    let sums = shuffled(column, order, votes.sums, trees: used[column])
                    result.buffer[column] +=
                        (try self.error(of: sums, votes.counts) - error) / Double(PermutationImportance.repeats)
                }
            }
        }
        return result
    }

    /// For each row what the trees that have not seen it say together, and how many they are.
    private var votes: (sums: [Double], counts: [Double]) {
        var sums = [Double](repeating: 0, count: rows.numbers.count)
        var counts = sums
        for tree in trees {
            for (place, row) in rows.numbers.enumerated() where tree.isUnseen[place] {
                sums[place] += tree.tree.value(of: row, in: table)
                counts[place] += 1
            }
        }
        return (sums, counts)
    }

    /// What they say together when each row has the value of another in one column.
    ///
    /// - Parameter order: the place of the row whose value each row takes.
    private func shuffled(_ column: Int, _ order: [Int], _ sums: [Double], trees users: [Int]) -> [Double] {
        var sums = sums
        let start = column * table.rowCount
        for user in users {
            let tree = trees[user]
            for (place, row) in rows.numbers.enumerated() where tree.isUnseen[place] {
                let other = rows.numbers[order[place]]
                if table.bins[start + row] == table.bins[start + other] { continue }
                sums[place] += tree.tree.change(of: row, in: table, taking: column, from: other)
            }
        }
        return sums
    }

    private func error(of sums: [Double], _ counts: [Double]) throws -> Double {
        var squares = (normal: 0.0, anomaly: 0.0)
        var judged = (normal: 0.0, anomaly: 0.0)
        for (place, count) in counts.enumerated() where count > 0 {
            let vote = sums[place] / count
            if rows.isAnomaly[place] {
                squares.anomaly += (1 - vote) * (1 - vote)
                judged.anomaly += 1
            } else {
                squares.normal += vote * vote
                judged.normal += 1
            }
        }
        guard judged.normal > 0, judged.anomaly > 0 else {
            throw OutlierError(
                .notEnoughRows,
                "every tree was grown on all \(judged.anomaly > 0 ? "normal rows" : "known anomalies"), so that no row is "
                    + "left to judge it by",
                suggestion: "Choose {importance: impurity}, grow more trees, or give more labels.")
        }
        return (squares.normal / judged.normal + squares.anomaly / judged.anomaly) / 2
    }
}
