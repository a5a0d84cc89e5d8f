import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

/// A damaged model file must give an error, or scores, and never a crash.
@Suite struct HostileModelTests {
    @Test(arguments: ["hbos", "ecod", "copod", "mad", "z-score", "iqr", "loda"])
    func damagedFiles(name: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        let data = SyntheticData.clusters(rows: 40, columns: 3, anomalies: 2).data
        let pipeline = try Pipeline(detector: registry.detector(name)).fit(data, context: FitContext(seed: 3))
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("hostile-\(UInt64.random(in: 0...UInt64.max)).outlier").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try pipeline.save(to: path)
        let intact = try #require(FileManager.default.contents(atPath: path))
        var random = RandomSource(seed: 11)
        var loaded = 0
        for _ in 0..<400 {
            var bytes = intact
            for _ in 0...random.index(below: 3) {
                let position = random.index(below: bytes.count)
                bytes[position] = UInt8(truncatingIfNeeded: random.next())
            }
            try bytes.write(to: URL(fileURLWithPath: path))
            if let model = try? FittedPipeline(contentsOf: path, registry: registry) {
                loaded += 1
                _ = try? model.scores(of: data)
            }
        }
        #expect(loaded < 400)
    }

    /// The same without the checksum of a file in between: numbers and lengths that do not fit each other.
    @Test(arguments: ["hbos", "ecod", "copod", "mad", "z-score", "iqr", "loda"])
    func damagedArchives(name: String) throws {
        var registry = Registry()
        try registry.register(StatisticalPlugin.self)
        let data = SyntheticData.clusters(rows: 40, columns: 3, anomalies: 2).data
        let model: any FittedDetector = try registry.detector(name).fit(data, context: FitContext(seed: 3))
        var archive = ModelArchive()
        try model.encode(to: &archive)
        var random = RandomSource(seed: 5)
        let integers = ["bins", "skewness", "features", "feature-counts"]
        let doubles = ["edges", "values", "sorted", "lower", "upper", "scales", "means", "squares", "weights"]
        for round in 0..<600 {
            var damaged = archive
            for key in integers where archive.hasTensor(key) && random.uniform() < 0.4 {
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
            for key in doubles where archive.hasTensor(key) && random.uniform() < 0.4 {
                var values = key == "sorted" ? try archive.matrix(key).values : try archive.doubles(key)
                let position = random.index(below: values.count)
                switch round % 5 {
                case 0: values[position] = [.nan, .infinity, -.infinity, 1e308, -1e308, 0][random.index(below: 6)]
                case 1: values[position] = Double(bitPattern: random.next())
                case 2: values.remove(at: position)
                case 3: values.append(values[position])
                default: values[position] *= -1
                }
                if key == "sorted" {
                    let rows = round % 2 == 0 ? 3 : 1
                    guard values.count % rows == 0 else { continue }
                    damaged.store(
                        try Matrix(rowCount: rows, columnCount: values.count / rows, values: values), as: key)
                } else {
                    damaged.store(values, as: key)
                }
            }
            if round % 3 == 0 { damaged.store(random.index(below: 9) - 2, as: "columns") }
            guard let loaded = try? registry.loadDetector(name, from: damaged) else { continue }
            let rows = Dataset(Matrix(rowCount: 5, columnCount: loaded.featureCount, repeating: 1.5))
            _ = try? loaded.scores(of: rows)
            _ = try? loaded.scores(of: data)
            if let explainable = loaded.explainer {
                _ = try? explainable.contributions(of: rows, execution: Execution(threads: 1))
            }
        }
    }
}
