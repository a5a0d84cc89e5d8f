/// Which rows of a ``Dataset`` are one series, in which order, and at what times.
///
/// The rows of a series stand together, the earliest first. A detector that reads rows in order (``RowTraits/order``) never
/// looks from one series into another; every other component ignores the index.
public struct SeriesIndex: Sendable, Hashable {
    /// The rows of each series, as consecutive ranges that together are all rows. None is empty.
    public let series: [Range<Int>]
    /// What the series are called, one name each; `nil` if they have no names.
    public let names: [String]?
    /// The time of each row in seconds since 1970-01-01T00:00:00Z, never decreasing within a series; `nil` if the rows are
    /// at equal steps and nothing else is known of their times.
    public let times: [Double]?

    /// - Throws: ``OutlierError/Code/shapeMismatch`` if the ranges are not consecutive, one is empty, or the names or times
    ///   are not as many as the series or the rows; ``OutlierError/Code/invalidValue`` if a time is no finite number or
    ///   earlier than the one before it in its series.
    public init(series: [Range<Int>], names: [String]? = nil, times: [Double]? = nil) throws {
        var end = 0
        for range in series {
            guard range.lowerBound == end, !range.isEmpty else {
                throw OutlierError(
                    .shapeMismatch,
                    "a series has the rows \(range.lowerBound)..<\(range.upperBound), but the one before it ends at \(end)",
                    suggestion: "Give ranges that are not empty, the first from 0, each from where the last one ends.")
            }
            end = range.upperBound
        }
        if let names, names.count != series.count {
            throw OutlierError(.shapeMismatch, "\(names.count) names were given for \(series.count) series")
        }
        if let times {
            guard times.count == end else {
                throw OutlierError(.shapeMismatch, "\(times.count) times were given for \(end) rows")
            }
            try SeriesIndex.check(times, of: series)
        }
        self.series = series
        self.names = names
        self.times = times
    }

    /// All rows as one series.
    ///
    /// - Throws: as ``init(series:names:times:)`` does.
    public init(rowCount: Int, times: [Double]? = nil) throws {
        try self.init(series: rowCount > 0 ? [0..<rowCount] : [], times: times)
    }

    /// How many rows the series have together.
    public var rowCount: Int { series.last?.upperBound ?? 0 }

    private static func check(_ times: [Double], of series: [Range<Int>]) throws {
        for range in series {
            for row in range {
                guard times[row].isFinite else {
                    throw OutlierError(.invalidValue, "the time of row \(row + 1) is \(times[row])")
                }
                guard row == range.lowerBound || times[row] >= times[row - 1] else {
                    throw OutlierError(
                        .invalidValue, "the time of row \(row + 1) is earlier than that of the row before it",
                        suggestion: "Sort the rows of each series by time.")
                }
            }
        }
    }

    private init(unchecked series: [Range<Int>], names: [String]?, times: [Double]?) {
        self.series = series
        self.names = names
        self.times = times
    }

    /// The index of the rows at `indices`, or `nil` unless they ascend: rows in another order are no series.
    ///
    /// - Parameter indices: rows of this index, each at most once.
    package func selecting(_ indices: some Collection<Int>) -> SeriesIndex? {
        var ranges: [Range<Int>] = []
        var kept: [Int] = []
        var current = 0
        var begin = 0
        var count = 0
        var last = -1
        for row in indices {
            guard row > last else { return nil }
            last = row
            while row >= series[current].upperBound {
                if count > begin {
                    ranges.append(begin..<count)
                    kept.append(current)
                }
                begin = count
                current += 1
            }
            count += 1
        }
        if count > begin {
            ranges.append(begin..<count)
            kept.append(current)
        }
        return SeriesIndex(
            unchecked: ranges, names: names.map { names in kept.map { names[$0] } },
            times: times.map { times in indices.map { times[$0] } })
    }
}
