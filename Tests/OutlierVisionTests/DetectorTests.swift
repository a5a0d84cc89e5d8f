import Foundation
import OutlierCore
import OutlierTesting
import OutlierVision
import Testing

@Suite struct DetectorTests {
    private func table(_ count: Int, _ width: Int, seed: UInt64 = 1) throws -> Dataset {
        var random = RandomSource(seed: seed)
        return try Dataset(rows: (0..<count).map { _ in (0..<width).map { _ in random.normal() } })
    }

    /// The greedy choice by definition, in all dimensions, and the distances to it.
    @Test func patchCoreByDefinition() throws {
        let data = try table(80, 6)
        let model = try PatchCore(coreset: 0.25, neighbors: 1, projection: 64).fit(data)
        #expect(model.count == 20)
        var random = FitContext().random()
        var chosen = [random.index(below: 80)]
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let rows = (0..<80).map(data.matrix.row)
        while chosen.count < 20 {
            let next = rows.indices.max { a, b in
                (chosen.map { distance(rows[a], rows[$0]) }.min() ?? 0)
                    < (chosen.map { distance(rows[b], rows[$0]) }.min() ?? 0)
            }
            chosen.append(next ?? 0)
        }
        let new = try table(15, 6, seed: 2)
        let scores = try model.computeScores(of: new, execution: Execution())
        for row in 0..<15 {
            let expected = chosen.map { distance(new.matrix.row(row), rows[$0]) }.min() ?? 0
            #expect(abs(scores[row] - expected) < 1e-5)
        }
    }

    /// A picture's score by the formula of the paper.
    @Test func patchCoreWeighsByNeighbors() throws {
        let data = try table(40, 5)
        let model = try PatchCore(coreset: 1, neighbors: 4).fit(data)
        let patches = try table(9, 5, seed: 3)
        let values = patches.matrix.withUnsafeBufferPointer { $0.map { Float($0) } }
        let (score, map) = try model.score(PatchRows(rows: 3, columns: 3, width: 5, values: values))
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        let bank = (0..<40).map(data.matrix.row)
        let all = (0..<9).map { row in
            bank.indices.map { (distance(patches.matrix.row(row), bank[$0]), $0) }.min { $0.0 < $1.0 } ?? (0, 0)
        }
        let farthest = all.indices.max { all[$0].0 < all[$1].0 } ?? 0
        let around = bank.indices.sorted {
            distance(bank[$0], bank[all[farthest].1]) < distance(bank[$1], bank[all[farthest].1])
        }
        .prefix(4)
        let far = around.map { exp(distance(patches.matrix.row(farthest), bank[$0])) }
        let expected = (1 - exp(all[farthest].0) / far.reduce(0, +)) * all[farthest].0
        #expect(abs(score - expected) < 1e-5)
        #expect(zip(map.values, all).allSatisfy { abs(Double($0) - $1.0) < 1e-5 })
    }

    /// Mahalanobis's distance with Σ + 0.01 I, solved by elimination.
    @Test func padimByDefinition() throws {
        let data = try table(50, 4)
        let model = try PaDiM(channels: 100).fit(data)
        let means = (0..<4).map { column in data.matrix.column(column).reduce(0, +) / 50 }
        var covariance = [[Double]](repeating: [Double](repeating: 0, count: 4), count: 4)
        for row in 0..<50 {
            for a in 0..<4 {
                for b in 0..<4 {
                    covariance[a][b] += (data.matrix[row, a] - means[a]) * (data.matrix[row, b] - means[b]) / 49
                }
            }
        }
        for a in 0..<4 { covariance[a][a] += 0.01 }
        let new = try table(8, 4, seed: 9)
        let scores = try model.computeScores(of: new, execution: Execution())
        for row in 0..<8 {
            let difference = (0..<4).map { new.matrix[row, $0] - means[$0] }
            var system = (0..<4).map { covariance[$0] + [difference[$0]] }
            for pivot in 0..<4 {
                for other in 0..<4 where other != pivot {
                    let factor = system[other][pivot] / system[pivot][pivot]
                    for column in 0..<5 { system[other][column] -= factor * system[pivot][column] }
                }
            }
            let solution = (0..<4).map { system[$0][4] / system[$0][$0] }
            let expected = zip(difference, solution).reduce(0) { $0 + $1.0 * $1.1 }.squareRoot()
            #expect(abs(scores[row] - expected) < 1e-4 * max(1, expected))
        }
    }

    @Test func savedModelsScoreTheSame() throws {
        var registry = Registry()
        try registry.register(VisionPlugin.self)
        let data = try table(60, 7)
        for detector in [PatchCore(coreset: 0.3) as any Detector, PaDiM(channels: 5)] {
            func check(_ detector: some Detector) throws {
                let model = try detector.fit(data)
                var archive = ModelArchive()
                try model.encode(to: &archive)
                let loaded = try registry.loadDetector(detector.recipe.name, from: archive)
                let execution = Execution()
                #expect(
                    try loaded.computeScores(of: data, execution: execution)
                        == model.computeScores(of: data, execution: execution))
            }
            try check(detector)
        }
        #expect(throws: OutlierError.self) { try PaDiM().fit(self.table(1, 3)) }
        #expect(throws: OutlierError.self) { try PatchCore(coreset: 0).fit(self.table(5, 3)) }
        #expect(try PatchCore(coreset: 0.01).fit(self.table(1, 3)).count == 1)
    }
}
