import Foundation
import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct LocallySelectiveCombinationTests {
    /// Two columns: every subset has one of them, and the regions follow from sorting. Computed here the long way.
    @Test func followsTheDefinition() throws {
        let data = SyntheticData.clusters(rows: 150, columns: 1, anomalies: 8, seed: 6).data
        let members: [any Detector] = [
            KNearestNeighbors(neighbors: 3), KNearestNeighbors(neighbors: 12), LocalOutlierFactor(neighbors: 20),
            ZScore(), MedianAbsoluteDeviation(), HistogramBasedOutlierScore(),
        ]
        let detector = LocallySelectiveCombination(members: members, localRegionSize: 25, bins: 4)
        let scores = try detector.fitAndScore(data).scores.values
        let normalized = try members.map { member in standardized(try fitAndScore(member, data).scores.values) }
        let values = data.matrix.column(0)
        for row in 0..<150 {
            let region = (0..<150).sorted {
                let (a, b) = (abs(values[$0] - values[row]), abs(values[$1] - values[row]))
                return a < b || (a == b && $0 < $1)
            }.prefix(25)
            let truth = region.map { index in normalized.map { $0[index] }.max() ?? 0 }
            let correlations = normalized.map { member in pearson(region.map { member[$0] }, truth) }
            let selected = fullestBins(correlations, bins: 4)
            let wanted = selected.reduce(0) { $0 + normalized[$1][row] } / Double(selected.count)
            #expect(abs(scores[row] - wanted) < 1e-9, "row \(row)")
        }
    }

    private func standardized(_ scores: [Double]) -> [Double] {
        let mean = scores.reduce(0, +) / Double(scores.count)
        let deviation = (scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)).squareRoot()
        return scores.map { ($0 - mean) / deviation }
    }

    private func pearson(_ a: [Double], _ b: [Double]) -> Double {
        if Set(a).count == 1 || Set(b).count == 1 { return 0 }
        let (x, y) = (standardized(a), standardized(b))
        return zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count)
    }

    private func fullestBins(_ values: [Double], bins: Int) -> [Int] {
        let lowest = values.min() ?? 0
        let width = ((values.max() ?? 0) - lowest) / Double(bins)
        guard width > 0 else { return Array(values.indices) }
        let bin = values.map { min(bins - 1, Int(($0 - lowest) / width)) }
        let counts = (0..<bins).map { wanted in bin.count { $0 == wanted } }
        return values.indices.filter { counts[bin[$0]] == counts.max() }
    }

    @Test func fewRowsAreOneRegion() throws {
        let data = try Dataset(rows: [[1, 2], [2, 1], [9, 9], [1, 1]])
        let model = try LocallySelectiveCombination(members: [ZScore(), MedianAbsoluteDeviation()]).fit(data)
        #expect(try model.scores(of: data).allSatisfy { $0.isFinite })
        #expect(throws: OutlierError.self) {
            try LocallySelectiveCombination(members: [ZScore(), MedianAbsoluteDeviation()]).fit(Dataset(rows: [[1]]))
        }
    }
}
