internal import OutlierCore

/// A linear scale by which unlike quantities can be added: values are divided by the mean excess of the training values
/// over their median.
///
/// The upper half is what tells anomalies apart, so it is what the scale measures; a few values far above the others
/// lengthen it, and so cannot decide a sum by themselves. Strictly increasing, as far as numbers go.
package struct ExcessScale: Sendable, Hashable {
    private let unit: Double

    /// - Parameter training: none is `NaN`; infinite values are left out.
    package init(_ training: [Double]) {
        let sorted = training.filter(\.isFinite).sorted()
        guard let least = sorted.first, let largest = sorted.last else {
            unit = 1
            return
        }
        let median = sorted[sorted.count / 2]
        let above = sorted.filter { $0 > median }
        let excess = above.reduce(0) { $0 + ($1 / Double(above.count) - median / Double(above.count)) }
        // Where values are equal but for rounding, their differences must not become large.
        let floor = 1e-9 * max(abs(least), abs(largest))
        unit = max(excess, floor) > 0 ? max(excess, floor) : 1
    }

    package func callAsFunction(_ value: Double) -> Double { value / unit }

    func encode(to archive: inout ModelArchive, as name: String) {
        archive.store([unit], as: name)
    }

    init(from archive: ModelArchive, _ name: String) throws {
        unit = try archive.doubles(name, count: 1)[0]
        guard unit > 0, unit.isFinite else { throw OutlierError(.invalidModel, "the score's scale is not one") }
    }
}
