import OutlierCore
import Testing

@Suite struct InternalMeasureTests {
    /// EM(t) and MV(α) by their definitions, for one score after the other.
    private func reference(_ rows: [Double], _ space: [Double]) -> (excessMass: Double, massVolume: Double) {
        func mass(_ level: Double) -> Double { Double(rows.count { $0 <= level }) / Double(rows.count) }
        func volume(_ level: Double) -> Double { Double(space.count { $0 <= level }) / Double(space.count) }
        let levels = Set(rows).map { (mass: mass($0), volume: volume($0)) }
        var area = 0.0
        let step = 1e-4
        var t = step / 2
        while t < 100 {
            let value = levels.map { $0.mass - t * $0.volume }.max() ?? 0
            if value <= 0.9 { break }
            area += value * step
            t += step
        }
        let volumes = (0..<100).map { index in
            let wanted = 0.9 + 0.099 * (Double(index) + 0.5) / 100
            return levels.filter { $0.mass >= wanted }.map(\.volume).min() ?? 1
        }
        return (area, volumes.reduce(0, +) / 100)
    }

    @Test func curvesAreThoseOfTheDefinitions() {
        var random = RandomSource(seed: 1)
        for ties in [false, true] {
            let rows = (0..<300).map { _ in abs(random.normal() as Double) }
            let space = (0..<500).map { _ in 6 * random.uniform() }
            let coarse = { (values: [Double]) in ties ? values.map { ($0 * 4).rounded() } : values }
            let curves = LevelSetCurves(rows: coarse(rows), space: coarse(space))
            let expected = reference(coarse(rows), coarse(space))
            #expect(abs(curves.excessMass() - expected.excessMass) < 1e-3 * max(1, expected.excessMass))
            #expect(abs(curves.massVolume() - expected.massVolume) < 1e-12)
        }
        // A detector that tells nothing calls all of the box normal.
        let blind = LevelSetCurves(rows: [1, 1, 1], space: [1, 1])
        #expect(abs(blind.excessMass() - 0.095) < 1e-12 && blind.massVolume() == 1)
    }

    @Test func whatFollowsTheDensityIsBetter() throws {
        var random = RandomSource(seed: 2)
        let data = try Dataset(
            Matrix(rows: (0..<400).map { row in (0..<8).map { _ in random.normal() + (row % 2 == 0 ? 4 : -4) } }),
            columns: (0..<8).map { Column("c\($0)") })
        let measures = InternalMeasures()
        let context = FitContext(seed: 3)
        // Two clusters: what lies between them is near the centre and far from every row.
        let good = try measures.values(of: NearestRow(), on: data, context: context)
        let bad = try measures.values(of: CentroidDistance(), on: data, context: context)
        #expect(good.excessMass > bad.excessMass && good.massVolume < bad.massVolume)
        #expect(try measures.values(of: NearestRow(), on: data, context: context) == good)
        // Units do not count.
        var matrix = data.matrix
        for row in 0..<matrix.rowCount { matrix[row, 2] = matrix[row, 2] * 1024 }
        let stretched = try measures.values(of: NearestRow(), on: data.replacing(matrix), context: context)
        #expect(abs(stretched.excessMass - good.excessMass) < 1e-6)
    }

    @Test func oddTables() throws {
        let measures = InternalMeasures(draws: 2, places: 50)
        let context = FitContext(seed: 1)
        for rows in [[[1.0]], [[1, 2], [3, 4]], [[1], [1], [1], [1], [1]]] {
            #expect(throws: OutlierError.self) {
                try measures.values(of: CentroidDistance(), on: Dataset(rows: rows), context: context)
            }
        }
        let huge = try measures.values(
            of: CentroidDistance(), on: Dataset(rows: [[1e308, 5], [-1e308, 5], [0, 5], [1, 5], [2, 5]]),
            context: context)
        #expect(huge.excessMass.isFinite && huge.massVolume.isFinite)
    }
}

/// The distance to the nearest training row.
private struct NearestRow: Detector {
    static let name = "nearest-row"
    static let summary = "Distance to the nearest training row."
    static var parameters: [Parameter<NearestRow>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted { Fitted(rows: data.matrix) }

    struct Fitted: FittedDetector {
        let rows: Matrix

        var featureCount: Int { rows.columnCount }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map { row in
                let own = data.matrix.row(row)
                return (0..<rows.rowCount).map { other in
                    zip(own, rows.row(other)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                }.min() ?? 0
            }
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(rows, as: "rows") }

        init(rows: Matrix) { self.rows = rows }
        init(from archive: ModelArchive, registry: Registry) throws { rows = try archive.matrix("rows") }
    }
}
