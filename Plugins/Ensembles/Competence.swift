import OutlierCore

/// Which members of an ensemble judge best in a local region.
struct Competence: Sendable {
    let memberCount: Int
    let rowCount: Int
    /// For each training row, the scores of the members, then the largest of them: the pseudo ground truth.
    let scores: [Double]
    let bins: Int

    /// - Parameter trainingScores: for each member, its normalized scores.
    init(trainingScores: [[Double]], rowCount: Int, bins: Int) {
        memberCount = trainingScores.count
        self.rowCount = rowCount
        self.bins = bins
        var scores: [Double] = []
        scores.reserveCapacity(rowCount * (memberCount + 1))
        for row in 0..<rowCount {
            var largest = -Double.infinity
            for member in trainingScores {
                scores.append(member[row])
                largest = max(largest, member[row])
            }
            scores.append(largest)
        }
        self.scores = scores
    }

    /// The members whose agreement with the pseudo ground truth in the region is the most frequent; one that lies on the
    /// edge between two such groups comes twice.
    func members(in region: [Int]) -> [Int] {
        select((0..<memberCount).map { correlation(of: $0, in: region) })
    }

    /// Pearson's correlation of a member's scores and the pseudo ground truth; 0 where one of them is constant.
    private func correlation(of member: Int, in region: [Int]) -> Double {
        let width = memberCount + 1
        return Correlation.pearson(region.count) { place in
            (scores[region[place] * width + member], scores[region[place] * width + memberCount])
        } ?? 0
    }

    /// Those in the fullest bins of a histogram of the correlations.
    private func select(_ correlations: [Double]) -> [Int] {
        var lowest = correlations.min() ?? 0
        var highest = correlations.max() ?? 0
        if lowest == highest {
            lowest -= 0.5
            highest += 0.5
        }
        let bins = min(self.bins, memberCount)
        let width = (highest - lowest) / Double(bins)
        let edges = (0...bins).map { $0 == bins ? highest : Double($0) * width + lowest }
        var counts = [Int](repeating: 0, count: bins)
        for correlation in correlations {
            var bin = bins - 1
            while bin > 0 && correlation < edges[bin] { bin -= 1 }
            counts[bin] += 1
        }
        let fullest = counts.max() ?? 0
        return (0..<bins).filter { counts[$0] == fullest }.flatMap { bin in
            correlations.indices.filter { correlations[$0] >= edges[bin] && correlations[$0] <= edges[bin + 1] }
        }
    }

    func encode(to archive: inout ModelArchive) throws {
        archive.store(
            try Matrix(rowCount: rowCount, columnCount: memberCount + 1, values: scores), as: "training-scores")
        archive.store(bins, as: "bins")
    }

    init(from archive: ModelArchive, memberCount: Int, rowCount: Int) throws {
        scores = try archive.matrix("training-scores", rows: rowCount, columns: memberCount + 1).values
        guard scores.allSatisfy({ $0.isFinite }) else {
            throw OutlierError(.invalidModel, "the model's training scores are not numbers")
        }
        bins = try archive.integer("bins", in: 1...100_000)
        self.memberCount = memberCount
        self.rowCount = rowCount
    }
}
