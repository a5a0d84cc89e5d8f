/// What scores and decisions are measured by: for each row whether it is an anomaly, or `nil` if nobody knows.
///
/// A fit never sees it. What a fit may know of its rows are their ``Label``s.
public struct Truth: RandomAccessCollection, Sendable, Hashable, ExpressibleByArrayLiteral {
    /// One entry for each row: `true` for an anomaly, `false` for a normal row, `nil` for a row of which nothing is known.
    public let values: [Bool?]

    public init(_ values: [Bool?]) { self.values = values }

    public init(_ values: [Bool]) { self.values = values }

    /// The rows that are labelled; the others are unknown.
    public init(_ labels: [Label]) { values = labels.map(\.truth) }

    public init(arrayLiteral elements: Bool?...) { values = elements }

    public var startIndex: Int { 0 }
    public var endIndex: Int { values.count }

    public subscript(row: Int) -> Bool? { values[row] }

    /// How many rows are known to be anomalies.
    public var anomalyCount: Int { values.count { $0 == true } }

    /// How many rows are known to be anomalies or normal.
    public var knownCount: Int { values.count { $0 != nil } }

    /// The entries without `nil`; `nil` if some row is unknown.
    public var complete: [Bool]? { knownCount == values.count ? values.map { $0 == true } : nil }

    /// The same as labels, for a fit that is meant to know the truth.
    public var labels: [Label] { values.map { $0.map { $0 ? .anomaly : .normal } ?? .unlabeled } }

    /// The rows at `indices`, in that order.
    public func selectingRows(_ indices: [Int]) -> Truth { Truth(indices.map { values[$0] }) }
}
