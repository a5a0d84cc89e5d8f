import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical
import OutlierTesting
import Testing

/// A damaged model must give an error, or scores, and never a crash.
@Suite struct HostileEnsembleTests {
    @Test(arguments: ["ensemble", "feature-bagging", "lscp"])
    func damagedArchives(name: String) throws {
        let registry = try testRegistry()
        let data = SyntheticData.clusters(rows: 50, columns: 3, anomalies: 2).data
        let parameters: Value =
            switch name {
            case "ensemble":
                [
                    "members": ["hbos", "knn", "z-score"], "combination": "maximum-of-average", "buckets": 2,
                    "normalization": "rank",
                ]
            case "lscp": ["members": ["hbos", "knn", "z-score"]]
            default: ["estimators": 3]
            }
        let model = try fitAndScore(registry.detector(name, parameters: parameters), data).model
        var archive = ModelArchive()
        try model.encode(to: &archive)
        var random = RandomSource(seed: 5)
        let integers = ["bucket-members", "bucket-sizes", "subset-features", "subset-sizes", "member-1/features"]
        let doubles = ["rows", "training-scores", "member-0/normalizer/sorted", "member-0/normalizer/affine"]
        for round in 0..<500 {
            var damaged = archive
            for key in integers where archive.hasTensor(key) && random.uniform() < 0.5 {
                var values = try archive.integers(key)
                let position = random.index(below: values.count)
                switch round % 4 {
                case 0: values[position] += random.index(below: 7) - 3
                case 1: values[position] = Int(truncatingIfNeeded: random.next())
                case 2: values.remove(at: position)
                default: values.append(values[position])
                }
                damaged.store(values, as: key)
            }
            for key in doubles where archive.hasTensor(key) && random.uniform() < 0.5 {
                let matrix = try? archive.matrix(key)
                var values = try matrix?.values ?? archive.doubles(key)
                let position = random.index(below: values.count)
                switch round % 4 {
                case 0: values[position] = [.nan, .infinity, -.infinity, 1e308, -1e308, 0][random.index(below: 6)]
                case 1: values[position] = Double(bitPattern: random.next())
                case 2: values.removeLast(matrix?.columnCount ?? 1)
                default: values[position] *= -1
                }
                if let matrix {
                    let rows = values.count / matrix.columnCount
                    damaged.store(
                        try Matrix(rowCount: rows, columnCount: matrix.columnCount, values: values), as: key)
                } else {
                    damaged.store(values, as: key)
                }
            }
            if round % 5 == 0 { damaged.store(random.index(below: 60) - 2, as: "region-size") }
            if round % 5 == 1 { damaged.store(random.index(below: 9) - 2, as: "columns") }
            if round % 5 == 2 { damaged.store(.array(["hbos", "knn", "nothing"]), as: "members") }
            if round % 5 == 3 { damaged.store(.array(["knn", "hbos"]), as: "members") }
            guard let loaded = try? registry.loadDetector(name, from: damaged) else { continue }
            _ = try? loaded.scores(of: data)
        }
    }

    /// A model that holds itself without end is refused.
    @Test func endlessNesting() throws {
        let registry = try testRegistry()
        var detector: any Detector = ZScore()
        for _ in 0..<40 { detector = Ensemble(members: [detector]) }
        let model = try fitAndScore(detector, SyntheticData.clusters(rows: 20).data).model
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let deep = archive
        #expect(throws: OutlierError.self) { try registry.loadDetector("ensemble", from: deep) }
    }
}
