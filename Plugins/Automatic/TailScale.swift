import Foundation
import OutlierCore

/// Makes the scores of different detectors comparable: minus the logarithm of the part of the training rows that score
/// as high. The mean of it over detectors is Fisher's combination of their empirical p-values.
///
/// Above the highest training score there is nothing to count. There the value rises with the logarithm of how far beyond
/// it a score lies, in mean excesses of the highest tenth: of two rows beyond all others the further one scores higher, but no
/// detector drowns the others by the mere unit of its scores, which for squared distances is without bound.
struct TailScale: Sendable {
    private let sorted: [Double]
    private let excess: Double

    init(trainingScores: [Double]) { self.init(sorted: trainingScores.sorted()) }

    private init(sorted: [Double]) {
        self.sorted = sorted
        let first = sorted.count - max(1, sorted.count / 10)
        let tail = sorted[first...].filter(\.isFinite)
        let base = sorted[max(0, first - 1)]
        let mean = tail.reduce(0) { $0 + ($1 - base) / Double(tail.count) }
        excess = mean.isFinite && mean > 0 ? mean : .infinity
    }

    func value(of score: Double) -> Double {
        let below = SortedSearch.count(below: score, in: sorted)
        let notAbove = SortedSearch.count(upTo: score, in: sorted)
        let above = Double(sorted.count - notAbove)
        let share = (above + Double(notAbove - below) / 2 + 0.5) / Double(sorted.count + 1)
        var value = -log(share)
        if let last = sorted.last, score > last {
            let beyond = (min(score, .greatestFiniteMagnitude) - last) / excess
            value += beyond.isFinite ? log1p(beyond) : 0
        }
        return value
    }

    func values(of scores: [Double]) -> [Double] { scores.map(value(of:)) }

    func encode(to archive: inout ModelArchive) { archive.store(sorted, as: "sorted") }

    init(from archive: ModelArchive) throws {
        let sorted = try archive.doubles("sorted")
        guard !sorted.isEmpty, !sorted[0].isNaN, zip(sorted, sorted.dropFirst()).allSatisfy(<=) else {
            throw OutlierError(.invalidModel, "a candidate's training scores do not ascend")
        }
        self.init(sorted: sorted)
    }
}
