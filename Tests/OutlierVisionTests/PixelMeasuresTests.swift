import OutlierCore
import OutlierVision
import Testing

@Suite struct PixelMeasuresTests {
    /// By definition: every threshold, every region.
    private func byDefinition(_ maps: [HeatMap], _ masks: [[Bool]], limit: Double) -> (roc: Double, overlap: Double) {
        let scores = maps.flatMap(\.values)
        let truth = masks.flatMap { $0 }
        var wins = 0.0
        var pairs = 0.0
        for (score, isAnomaly) in zip(scores, truth) where isAnomaly {
            for (other, isOther) in zip(scores, truth) where !isOther {
                pairs += 1
                wins += score > other ? 1 : (score == other ? 0.5 : 0)
            }
        }
        // Two regions of the first mask are told apart by their columns, see below; the second mask has one.
        var regions: [[Float]] = [[], [], []]
        for (index, value) in maps[0].values.enumerated() where masks[0][index] {
            regions[index % 6 < 3 ? 0 : 1].append(value)
        }
        for (index, value) in maps[1].values.enumerated() where masks[1][index] { regions[2].append(value) }
        var points = [(0.0, 0.0)]
        let normal = zip(scores, truth).filter { !$0.1 }.map(\.0)
        for threshold in Set(scores).sorted(by: >) {
            let rate = Double(normal.count { $0 >= threshold }) / Double(normal.count)
            let overlap =
                regions.map { region in
                    Double(region.count { $0 >= threshold }) / Double(region.count)
                }.reduce(0, +) / 3
            points.append((rate, overlap))
        }
        var area = 0.0
        for (from, to) in zip(points, points.dropFirst()) where from.0 < limit && to.0 > from.0 {
            let end = min(to.0, limit)
            let atEnd = from.1 + (to.1 - from.1) * (end - from.0) / (to.0 - from.0)
            area += (end - from.0) * (from.1 + atEnd) / 2
        }
        return (wins / pairs, area / limit)
    }

    @Test(arguments: [0, 1, 2]) func agreesWithItsDefinition(_ seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var masks = [[Bool]](repeating: [Bool](repeating: false, count: 36), count: 3)
        // Touching at a corner, and so one region.
        for place in [0, 1, 8] { masks[0][place] = true }
        for place in [4, 5, 10, 11, 17] { masks[0][place] = true }
        for place in [14, 20, 21, 28] { masks[1][place] = true }
        let maps = masks.map { mask in
            HeatMap(
                height: 6, width: 6,
                values: mask.map {
                    Float(Int(4 * (random.uniform() + ($0 ? 0.5 : 0)))) + (seed == 0 ? 0 : Float(random.uniform()))
                }
            )
        }
        let measures = try PixelMeasures(maps: maps, masks: masks)
        let expected = byDefinition(maps, masks, limit: 0.3)
        #expect(abs(measures.rocAUC - expected.roc) < 1e-9)
        #expect(abs(measures.regionOverlap - expected.overlap) < 1e-6)
    }

    @Test func whatCannotBeMeasured() throws {
        let map = HeatMap(height: 1, width: 2, values: [1, 2])
        #expect(throws: OutlierError.self) { try PixelMeasures(maps: [map], masks: [[true]]) }
        #expect(throws: OutlierError.self) { try PixelMeasures(maps: [map], masks: [[true, true]]) }
        #expect(throws: OutlierError.self) { try PixelMeasures(maps: [map], masks: [[false, false]]) }
        #expect(try PixelMeasures(maps: [map], masks: [[false, true]]).rocAUC == 1)
    }

    /// Reflected edges lose nothing, and what is symmetric stays so.
    @Test func smoothingKeepsTheSum() {
        var values = [Float](repeating: 0, count: 25)
        for index in 0..<5 { values[6 * index] = 1 }
        let smooth = HeatMap(height: 5, width: 5, values: values).smoothed(by: 1)
        #expect(abs(smooth.values.reduce(0, +) - 5) < 1e-4)
        #expect(zip(smooth.values, smooth.values.reversed()).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}
