import OutlierCore

/// How the scores of several detectors become one.
///
/// C. C. Aggarwal and S. Sathe, “Theoretical Foundations and Algorithms for Outlier Ensembles”, 2015.
public enum ScoreCombination: String, Sendable, CaseIterable {
    /// The mean of all scores: the errors of the detectors cancel out.
    case average
    /// The largest score: one detector that sees the anomaly is enough.
    case maximum
    /// The median of all scores.
    case median
    /// Detectors are put in buckets at random; the mean of the buckets' largest scores.
    case averageOfMaximum = "average-of-maximum"
    /// Detectors are put in buckets at random; the largest of the buckets' mean scores.
    case maximumOfAverage = "maximum-of-average"

    var usesBuckets: Bool { self == .averageOfMaximum || self == .maximumOfAverage }
}

/// A combination with its buckets.
struct ScoreCombiner: Sendable {
    let combination: ScoreCombination
    /// The members of each bucket; one bucket where the combination has none.
    let buckets: [[Int]]

    /// Puts the members in buckets of sizes that differ by at most one.
    init(_ combination: ScoreCombination, memberCount: Int, buckets: Int, context: FitContext) {
        self.combination = combination
        guard combination.usesBuckets else {
            self.buckets = [Array(0..<memberCount)]
            return
        }
        var order = Array(0..<memberCount)
        var random = context.random()
        order.shuffle(using: &random)
        self.buckets = (0..<buckets).map { bucket in
            order[bucket * memberCount / buckets..<(bucket + 1) * memberCount / buckets].sorted()
        }
    }

    /// - Parameter scores: for each member, one score a row.
    func combine(_ scores: [[Double]]) -> [Double] {
        guard let rowCount = scores.first?.count else { return [] }
        return (0..<rowCount).map { row in
            switch combination {
            case .average: mean(scores.lazy.map { $0[row] })
            case .maximum: largest(scores.lazy.map { $0[row] })
            case .median: Quantiles.median(of: scores.map { $0[row] })
            case .averageOfMaximum:
                mean(buckets.lazy.map { bucket in largest(bucket.lazy.map { scores[$0][row] }) })
            case .maximumOfAverage:
                largest(buckets.lazy.map { bucket in mean(bucket.lazy.map { scores[$0][row] }) })
            }
        }
    }

    private func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }

    private func largest(_ values: some Collection<Double>) -> Double {
        // Not `max()`: a NaN must be seen, not lost.
        values.reduce(-.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
    }

    func encode(to archive: inout ModelArchive) {
        archive.store(combination.rawValue, as: "combination")
        archive.store(buckets.flatMap { $0 }, as: "bucket-members")
        archive.store(buckets.map(\.count), as: "bucket-sizes")
    }

    init(from archive: ModelArchive, memberCount: Int) throws {
        guard let combination = ScoreCombination(rawValue: try archive.string("combination")) else {
            throw OutlierError(.invalidModel, "the model's combination is not known")
        }
        let members = try archive.integers("bucket-members", count: memberCount, in: 0...max(0, memberCount - 1))
        var buckets: [[Int]] = []
        var start = 0
        for size in try archive.integers("bucket-sizes", in: 1...max(1, memberCount)) {
            guard size <= members.count - start else {
                throw OutlierError(.invalidModel, "the model's buckets hold more members than there are")
            }
            buckets.append(Array(members[start..<start + size]))
            start += size
        }
        guard start == members.count, !buckets.isEmpty else {
            throw OutlierError(.invalidModel, "the model's buckets hold fewer members than there are")
        }
        self.combination = combination
        self.buckets = buckets
    }
}
