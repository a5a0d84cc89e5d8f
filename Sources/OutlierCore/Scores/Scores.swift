/// How anomalous rows are: one number for each row, the higher, the more anomalous; and why rows have none.
///
/// A collection of numbers in the order of the rows. A row that was not scored stands among ``exclusions`` with the reason;
/// only there is the number `NaN`.
///
///     let scores = try model.scores(of: table.rows)
///     for row in scores.top(10) { print(row.index, row.score) }
public struct Scores: RandomAccessCollection, Sendable {
    /// One entry for each row; `NaN` for the rows of ``exclusions`` and for no others.
    public let values: [Double]
    /// The rows that were not scored, by their numbers from 0, each with the reason.
    public let exclusions: [Int: String]

    /// A row and its score.
    public struct Ranked: Sendable, Hashable {
        /// The row's number, from 0.
        public let index: Int
        public let score: Double

        public init(index: Int, score: Double) {
            self.index = index
            self.score = score
        }
    }

    /// - Parameters:
    ///   - values: one entry for each row.
    ///   - exclusions: the rows that have no score, each with the reason; what `values` holds there does not matter.
    /// - Throws: ``OutlierError/Code/invalidValue`` if the score of another row is `NaN`,
    ///   ``OutlierError/Code/shapeMismatch`` if there is no such row as `exclusions` names.
    public init(_ values: [Double], exclusions: [Int: String] = [:]) throws {
        var values = values
        for row in exclusions.keys {
            guard values.indices.contains(row) else {
                throw OutlierError(
                    .shapeMismatch, "row \(row + 1) is excluded, but there are only \(values.count) scores")
            }
            values[row] = .nan
        }
        if let row = values.indices.first(where: { values[$0].isNaN && exclusions[$0] == nil }) {
            throw OutlierError(
                .invalidValue, "the score of row \(row + 1) is not a number",
                suggestion: "Look at what gave the scores, or exclude the row with the reason.")
        }
        self.values = values
        self.exclusions = exclusions
    }

    /// - Parameters:
    ///   - values: `NaN` for the rows of `exclusions` and for no others.
    init(unchecked values: [Double], exclusions: [Int: String] = [:]) {
        self.values = values
        self.exclusions = exclusions
    }

    /// Scores of no rows.
    public init() { self.init(unchecked: []) }

    public var startIndex: Int { 0 }
    public var endIndex: Int { values.count }

    public subscript(row: Int) -> Double { values[row] }

    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Double>) throws -> Result
    ) rethrows -> Result? {
        try values.withContiguousStorageIfAvailable(body)
    }

    /// The rows that have a score, ascending.
    public var scoredRows: [Int] {
        exclusions.isEmpty ? Array(values.indices) : values.indices.filter { exclusions[$0] == nil }
    }

    /// The rows at `indices`, in that order.
    public func selectingRows(_ indices: [Int]) -> Scores {
        var excluded: [Int: String] = [:]
        if !exclusions.isEmpty {
            for (place, row) in indices.enumerated() { excluded[place] = exclusions[row] }
        }
        return Scores(unchecked: indices.map { values[$0] }, exclusions: excluded)
    }

    /// The rows with the highest scores, the highest first; equal scores in the order of the rows. Rows without a score are
    /// never among them.
    ///
    /// - Parameter count: how many rows at most; none for 0 or less.
    /// - Complexity: for few rows little more than one comparison for each score.
    public func top(_ count: Int) -> [Ranked] {
        guard count > 0 else { return [] }
        func ranked(_ row: Int) -> Ranked { Ranked(index: row, score: values[row]) }
        if count > 256 {
            let order = scoredRows.sorted { (values[$1], $0) < (values[$0], $1) }
            return order.prefix(count).map(ranked)
        }
        // The rows found so far, the highest first: most rows are turned away by one comparison.
        var found: [Int] = []
        for row in values.indices where !values[row].isNaN {
            if found.count == count, let last = found.last, values[row] <= values[last] { continue }
            let place = found.firstIndex { values[$0] < values[row] } ?? found.count
            found.insert(row, at: place)
            if found.count > count { found.removeLast() }
        }
        return found.map(ranked)
    }

    /// The scores of parts of `count` rows as scores of all of them.
    ///
    /// - Parameters:
    ///   - parts: the numbers of rows, and their scores.
    ///   - excluded: at least every row that is in no part, with the reason.
    static func merged(
        _ parts: [(rows: [Int], scores: Scores)], count: Int, excluded: [Int: String] = [:]
    ) -> Scores {
        var all = [Double](repeating: .nan, count: count)
        var excluded = excluded
        for (rows, scores) in parts {
            for (row, score) in zip(rows, scores.values) { all[row] = score }
            for (place, reason) in scores.exclusions { excluded[rows[place]] = reason }
        }
        if !excluded.isEmpty { excluded = excluded.filter { all[$0.key].isNaN } }
        return Scores(unchecked: all, exclusions: excluded)
    }
}

extension Scores: Hashable {
    /// The same scores, and the same rows without one for the same reasons.
    public static func == (left: Scores, right: Scores) -> Bool {
        if left.exclusions.isEmpty && right.exclusions.isEmpty { return left.values == right.values }
        return left.exclusions == right.exclusions && left.count == right.count
            && zip(left.values, right.values).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(exclusions)
        hasher.combine(count)
        for value in values where !value.isNaN { hasher.combine(value) }
    }
}

extension Scores: CustomStringConvertible {
    public var description: String { values.description }
}
