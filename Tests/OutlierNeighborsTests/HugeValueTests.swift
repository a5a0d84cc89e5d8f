import OutlierCore
import OutlierForests
import OutlierNeighbors
import OutlierTesting
import Testing

/// One value that dwarfs all others: a right answer as long as squares allow one, then a clear error.
@Suite struct HugeValueTests {
    private static let detectors: [any Detector] = [
        KNearestNeighbors(), LocalOutlierFactor(), ConnectivityBasedOutlierFactor(), SubspaceOutlierDegree(),
        ClusterBasedLocalOutlierFactor(), IsolatingNeighborEnsemble(),
    ]

    private static func table(with value: Double) throws -> Dataset {
        let rows = SyntheticData.clusters(rows: 120, columns: 3, anomalies: 0, seed: 4).data
        return try Dataset(rows: (0..<rows.rowCount).map { rows.matrix.row($0) } + [[value, 0, 0]])
    }

    private static func scores(_ detector: some Detector, _ data: Dataset) throws -> [Double] {
        try detector.fitAndScore(data, context: FitContext(seed: 1)).scores.values
    }

    @Test(arguments: detectors.indices) func oneHugeValue(_ index: Int) throws {
        let detector = HugeValueTests.detectors[index]
        for value in [1e160, 1e300, -1.7e308] {
            let error = #expect(throws: OutlierError.self) {
                _ = try HugeValueTests.scores(detector, HugeValueTests.table(with: value))
            }
            #expect(error?.code == .numericalFailure && error?.suggestion != nil, "\(detector.recipe.name), \(value)")
        }
        // All values huge is no harm, nor is one that squares can bear.
        let whole = try HugeValueTests.table(with: 20)
        let usual = try HugeValueTests.scores(detector, whole)
        var matrix = whole.matrix
        for row in 0..<matrix.rowCount {
            for column in 0..<matrix.columnCount { matrix[row, column] *= 0x1p990 }
        }
        let scaled = try HugeValueTests.scores(detector, Dataset(matrix))
        #expect(Agreement.spearman(usual, scaled) > 0.999, "\(detector.recipe.name)")
        let large = try HugeValueTests.scores(detector, HugeValueTests.table(with: 1e100))
        #expect(large.allSatisfy { $0.isFinite }, "\(detector.recipe.name)")
    }
}
