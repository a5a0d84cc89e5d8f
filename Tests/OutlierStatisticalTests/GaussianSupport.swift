import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

enum GaussianFixture {
    static func registry() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        return registry
    }

    static func cases(_ detector: String) throws -> [GoldenScores.Case] {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/gaussian.json").path
        return try GoldenScores(contentsOf: path).cases.filter { $0.detector.name == detector }
    }

    /// Expects the reference's scores of training and new rows.
    static func expectReference(_ detector: String, within tolerance: Double) throws {
        let registry = try registry()
        for golden in try cases(detector) {
            let result = try registry.detector(golden.detector).fitAndScore(golden.train)
            let name = golden.detector.parameters.description
            let difference = Agreement.largestDifference(result.scores.values, golden.trainingScores)
            #expect(difference < tolerance, "\(detector) \(name), training rows")
            if golden.newScores.isEmpty { continue }
            let new = try result.model.scores(of: golden.new).values
            #expect(Agreement.largestDifference(new, golden.newScores) < tolerance, "\(detector) \(name), new rows")
        }
    }

    /// Puts wrong tensors and values under the names that a model uses. Each archive must then be refused, or give a
    /// model that scores or refuses to: never crash.
    ///
    /// - Returns: how many were refused.
    static func loadDamaged<Model: FittedDetector>(
        _ model: Model, tensors: [String], values: [String] = [], scoring data: Dataset
    ) throws -> Int {
        let registry = try registry()
        var random = RandomSource(seed: 5)
        var refused = 0
        for round in 0..<300 {
            var archive = ModelArchive()
            try model.encode(to: &archive)
            if round % 4 == 0, let name = values.randomElement(using: &random) {
                let wrong: [Value] = ["nothing", -1, 0, .integer(.max), .number(.nan), [1, 2], .null, .number(1e300)]
                archive.store(wrong[random.index(below: wrong.count)], as: name)
            } else if let name = tensors.randomElement(using: &random) {
                let special = [
                    0, -1, .nan, .infinity, -.infinity, 1e308, .leastNonzeroMagnitude, 4 * random.normal(),
                ]
                let rows = random.index(below: 6)
                let columns = random.index(below: 6)
                let numbers = (0..<rows * columns).map { _ in special[random.index(below: special.count)] }
                switch random.index(below: 3) {
                case 0: archive.store(numbers, as: name)
                case 1: archive.store(try Matrix(rowCount: rows, columnCount: columns, values: numbers), as: name)
                default: archive.store(numbers.map(Float.init), as: name)
                }
            }
            do {
                let damaged = try Model(from: archive, registry: registry)
                _ = try damaged.scores(of: data)
            } catch is OutlierError {
                refused += 1
            }
        }
        return refused
    }
}
