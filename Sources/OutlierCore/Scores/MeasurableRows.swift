/// The rows that scores can be measured by: those that have a score and of which the truth is known, without those whose
/// labels the fit has seen, as long as the others are of both classes.
public struct MeasurableRows: Sendable, Hashable {
    /// What came of the rows whose labels the fit has seen.
    public enum SeenRows: Sendable, Hashable {
        case none
        /// They are left out.
        case leftOut(Int)
        /// So many of the rows that are measured are such rows, for want of others of both classes.
        case measured(Int)
    }

    /// The rows' numbers from 0, ascending.
    public let rows: [Int]
    /// How many rows have a score, but an unknown truth.
    public let unknownCount: Int
    public let seen: SeenRows

    /// - Parameter seen: for each row, whether the fit has seen its label; `nil` if it has seen none.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if the parts are not of one length.
    public init(_ scores: Scores, truth: Truth, seen: [Bool]? = nil) throws {
        for count in [truth.count, seen?.count] {
            guard let count, count != scores.count else { continue }
            throw OutlierError(.shapeMismatch, "there are \(scores.count) scores, but \(count) rows to measure them by")
        }
        let scored = scores.scoredRows
        let measurable = scored.filter { truth[$0] != nil }
        unknownCount = scored.count - measurable.count
        let unseen = seen.map { seen in measurable.filter { !seen[$0] } } ?? measurable
        let seenCount = measurable.count - unseen.count
        if seenCount == 0 {
            rows = measurable
            self.seen = .none
        } else if Set(unseen.map { truth[$0] }).count == 2 {
            rows = unseen
            self.seen = .leftOut(seenCount)
        } else {
            rows = measurable
            self.seen = .measured(seenCount)
        }
    }

    /// What a reader of the measures must know of the rows, one sentence each, without a full stop.
    public var notes: [String] {
        var notes: [String] = []
        if rows.isEmpty {
            notes.append("no metrics: no row has a label")
        } else if unknownCount > 0 {
            notes.append(
                unknownCount == 1
                    ? "1 row without a label is left out" : "\(unknownCount) rows without a label are left out")
        }
        switch seen {
        case .none: break
        case .leftOut: notes.append("metrics of the \(rows.count) rows whose labels the fit did not see")
        case .measured(let count):
            let which =
                count == rows.count ? "rows whose labels" : "\(rows.count) rows, the labels of \(count) of which"
            notes.append("the metrics are of \(which) the fit has seen: they flatter")
        }
        return notes
    }
}
