import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

/// Model files that were damaged or made to do harm give errors, or scores, and nothing else.
@Suite struct HostileModelTests {
    static let data = SyntheticData.clusters(rows: 120, anomalies: 6).data

    static func archive(_ model: some FittedDetector) throws -> ModelArchive {
        var archive = ModelArchive()
        try model.encode(to: &archive)
        return archive
    }

    func refuses<Model: FittedDetector>(_ type: Model.Type, _ archive: ModelArchive) -> Bool {
        do {
            _ = try Model(from: archive, registry: Registry())
            return false
        } catch let error as OutlierError {
            return error.code == .invalidModel
        } catch {
            return false
        }
    }

    /// Overwrites a few elements of every tensor with extreme values, many times over.
    func survives<Model: FittedDetector>(
        _ model: Model, doubles: [String], floats: [String] = [], int32s: [String] = [], integers: [String] = [],
        bytes: [String] = []
    ) throws {
        let original = try Self.archive(model)
        var random = RandomSource(seed: 9)
        let extremes: [Double] = [
            .nan, .infinity, -.infinity, 0, -1, 1e308, -1e308, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
        ]
        func damage<Element>(_ elements: [Element], _ value: () -> Element) -> [Element] {
            var elements = elements
            switch random.index(below: 8) {
            case 0: elements.removeLast(min(elements.count, 1 + random.index(below: 3)))
            case 1: elements.append(value())
            default: break
            }
            for _ in 0...random.index(below: 3) where !elements.isEmpty {
                elements[random.index(below: elements.count)] = value()
            }
            return elements
        }
        for _ in 0..<300 {
            var archive = original
            let which = random.index(below: doubles.count + floats.count + int32s.count + integers.count + bytes.count)
            let all = doubles + floats + int32s + integers + bytes
            let name = all[which]
            var drawn = RandomSource(seed: random.next())
            let numbers = extremes
            if doubles.contains(name) {
                archive.store(
                    damage(try archive.doubles(name)) { numbers[drawn.index(below: numbers.count)] }, as: name)
            } else if floats.contains(name) {
                archive.store(
                    damage(try archive.floats(name)) { Float(numbers[drawn.index(below: numbers.count)]) }, as: name)
            } else if int32s.contains(name) {
                archive.store(
                    damage(try archive.int32s(name)) { [-2, -1, 0, 1, 3, 4, .max, .min][drawn.index(below: 8)] },
                    as: name)
            } else if integers.contains(name) {
                archive.store(
                    damage(try archive.integers(name)) { [-1, 0, 1, 2, 7, .max, .min][drawn.index(below: 7)] },
                    as: name)
            } else {
                archive.store(damage(try archive.bytes(name)) { [0, 1, 255][drawn.index(below: 3)] }, as: name)
            }
            if random.index(below: 4) == 0 {
                let value = [0, 1, 2, 3, 5, 64, 120, Int(Int32.max), .max, -1][random.index(below: 10)]
                archive.store(value, as: ["feature-count", "sample-size", "terms"][random.index(below: 3)])
            }
            guard let loaded = try? Model(from: archive, registry: Registry()) else { continue }
            let rows = Matrix(rowCount: 9, columnCount: min(loaded.featureCount, 64), repeating: 1)
            if loaded.featureCount <= 64 { _ = try loaded.scores(of: rows) }
        }
    }

    @Test func damagedIsolationForests() throws {
        let model = try IsolationForest(trees: 4, sampleSize: 32).fit(Self.data)
        try survives(
            model, doubles: ["thresholds"], int32s: ["features", "row-counts"], integers: ["node-counts"])
    }

    @Test func damagedExtendedIsolationForests() throws {
        for level in [1, 3] {
            let model = try ExtendedIsolationForest(trees: 4, sampleSize: 32, extensionLevel: level).fit(Self.data)
            try survives(
                model, doubles: ["offsets"], floats: ["coefficients"], int32s: ["row-counts", "columns"],
                integers: ["node-counts"], bytes: ["leaves"])
        }
    }

    @Test func damagedNeighborEnsembles() throws {
        let model = try IsolatingNeighborEnsemble(sets: 10, sampleSize: 11).fit(Self.data)
        try survives(model, doubles: ["centers", "squared-radii", "scores", "scale"])
    }

    /// The children's places follow from the order of the nodes. An order that would make a node its own ancestor, or
    /// leave nodes over, is refused.
    @Test func circlesAreRefused() throws {
        func forest(_ features: [Int32], rows: [Int32]? = nil, sizes: [Int]? = nil) -> ModelArchive {
            var archive = ModelArchive()
            archive.store(2, as: "feature-count")
            archive.store(2, as: "sample-size")
            archive.store(sizes ?? [features.count], as: "node-counts")
            archive.store(features, as: "features")
            archive.store([Double](repeating: 0, count: features.count), as: "thresholds")
            archive.store(rows ?? [2] + [Int32](repeating: 1, count: max(0, features.count - 1)), as: "row-counts")
            return archive
        }
        #expect(!refuses(FittedIsolationForest.self, forest([0, -1, -1])))
        // A leaf as root, then a node whose children would be itself and the next.
        #expect(refuses(FittedIsolationForest.self, forest([-1, 0, -1])))
        // Children that are not there.
        #expect(refuses(FittedIsolationForest.self, forest([0, -1])))
        #expect(refuses(FittedIsolationForest.self, forest([0])))
        #expect(refuses(FittedIsolationForest.self, forest([0, 0, -1])))
        // Nodes that nothing leads to.
        #expect(refuses(FittedIsolationForest.self, forest([0, -1, -1, -1, -1])))
        // A feature that the rows do not have.
        #expect(refuses(FittedIsolationForest.self, forest([2, -1, -1])))
        // Rows that come from nowhere.
        #expect(refuses(FittedIsolationForest.self, forest([0, -1, -1], rows: [2, 1, 2])))
        #expect(refuses(FittedIsolationForest.self, forest([0, -1, -1], rows: [2, 3, -1])))
        // Trees longer than the list of nodes, and no tree at all.
        #expect(refuses(FittedIsolationForest.self, forest([0, -1, -1], sizes: [5])))
        #expect(refuses(FittedIsolationForest.self, forest([0, -1, -1], sizes: [1])))
        #expect(refuses(FittedIsolationForest.self, forest([], rows: [], sizes: [])))
    }
}
