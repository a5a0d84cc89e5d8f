internal import Foundation
internal import OutlierCore

/// A monotone scale that shows how rare a value is: −ln of the share of the training values that are at least as large.
///
/// Between training values it is interpolated. Above the largest it goes on as ln(1 + excess / s), where s is the mean
/// excess of the upper tenth: strictly increasing as far as numbers go. Below the least it falls to 0.
package struct TailScale: Sendable, Hashable {
    /// Distinct values, ascending.
    private let values: [Double]
    /// The scale at each of them, ascending.
    private let levels: [Double]
    private let upperSpread: Double
    private let lowerSpread: Double

    /// How many values are kept of each part: all of the largest, and as many quantiles of the others.
    private static let kept = 2_048

    /// - Parameter training: none is `NaN`; at least one must be finite, or the scale is 0 up to infinity.
    package init(_ training: [Double]) {
        let sorted = training.filter(\.isFinite).sorted()
        guard let least = sorted.first, let largest = sorted.last else {
            self.init(values: [0], levels: [0], upperSpread: 1, lowerSpread: 1)
            return
        }
        let count = sorted.count
        var values: [Double] = []
        var levels: [Double] = []
        let upper = max(0, count - TailScale.kept)
        let stride = Double(max(1, upper)) / Double(TailScale.kept)
        var nextKept = 0.0
        var start = 0
        while start < count {
            var end = start + 1
            while end < count && sorted[end] == sorted[start] { end += 1 }
            if end > upper || Double(start) >= nextKept {
                // Ties share the middle of their ranks, so that the largest of n has the share 1 / (n + 1).
                let share = (Double(count - end) + Double(end - start) / 2 + 0.5) / Double(count + 1)
                values.append(sorted[start])
                levels.append(-log(share))
                while nextKept <= Double(start) { nextKept += max(1, stride) }
            }
            start = end
        }
        let tail = max(1, count / 10)
        let threshold = sorted[count - tail]
        let excess = sorted[(count - tail)...].reduce(0) { $0 + ($1 - threshold) / Double(tail) }
        let floor = max(1e-9 * max(abs(least), abs(largest)), .leastNormalMagnitude)
        self.init(
            values: values, levels: levels,
            upperSpread: max(excess.isFinite ? excess : largest, floor, 1e-3 * (sorted[count / 2] - least)),
            lowerSpread: max(sorted[count / 2] - least, floor))
    }

    private init(values: [Double], levels: [Double], upperSpread: Double, lowerSpread: Double) {
        self.values = values
        self.levels = levels
        self.upperSpread = upperSpread
        self.lowerSpread = lowerSpread
    }

    /// The scale at `value`, at least 0; infinite where `value` is.
    package func callAsFunction(_ value: Double) -> Double {
        let last = values.count - 1
        if value >= values[last] {
            let excess = (value - values[last]) / upperSpread
            return levels[last]
                + (excess.isFinite || value == .infinity ? log1p(excess) : log(value) - log(upperSpread))
        }
        if value < values[0] { return levels[0] * exp((value - values[0]) / lowerSpread) }
        var low = 0
        var high = last
        while high - low > 1 {
            let middle = (low + high) / 2
            if values[middle] <= value { low = middle } else { high = middle }
        }
        let part = (value - values[low]) / (values[high] - values[low])
        return levels[low] + (part.isFinite ? part : 0.5) * (levels[high] - levels[low])
    }

    func encode(to archive: inout ModelArchive, as name: String) {
        var child = ModelArchive()
        child.store(values, as: "values")
        child.store(levels, as: "levels")
        child.store([upperSpread, lowerSpread], as: "spreads")
        archive.store(child, as: name)
    }

    init(from archive: ModelArchive) throws {
        let values = try archive.doubles("values")
        let levels = try archive.doubles("levels", count: values.count)
        let spreads = try archive.doubles("spreads", count: 2)
        let isSound =
            !values.isEmpty && (values + levels + spreads).allSatisfy(\.isFinite)
            && zip(values, values.dropFirst()).allSatisfy(<) && zip(levels, levels.dropFirst()).allSatisfy(<=)
            && spreads.allSatisfy { $0 > 0 }
        guard isSound else { throw OutlierError(.invalidModel, "the score's scale is not one") }
        self.init(values: values, levels: levels, upperSpread: spreads[0], lowerSpread: spreads[1])
    }
}
