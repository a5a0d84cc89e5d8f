import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

/// A damaged model gives an error or scores, never a crash.
@Suite struct HostileModelTests {
    private func attempt<Model: FittedDetector>(_ type: Model.Type, _ archive: ModelArchive) throws {
        do {
            let model = try Model(from: archive, registry: Registry())
            let width = model.featureCount
            guard width > 0, width < 10_000 else { return }
            _ = try model.scores(of: Matrix(rowCount: 3, columnCount: width, repeating: 0.5))
        } catch is OutlierError {}
    }

    @Test func oneClass() throws {
        let data = SyntheticData.clusters(rows: 50, columns: 3).data
        let model = try OneClassSupportVectorMachine().fit(data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let wrong: [Double] = [.nan, .infinity, -1, 0, 1e300]
        for value in wrong {
            for place in 0..<3 {
                var damaged = archive
                var numbers = try archive.doubles("numbers")
                numbers[place] = value
                damaged.store(numbers, as: "numbers")
                try attempt(type(of: model), damaged)
            }
            var damaged = archive
            var weights = try archive.doubles("weights")
            weights[1] = value
            damaged.store(weights, as: "weights")
            try attempt(type(of: model), damaged)
        }
        for count in [0, 1, 1000] {
            var damaged = archive
            damaged.store([Double](repeating: 1, count: count), as: "weights")
            #expect(throws: OutlierError.self) {
                _ = try FittedOneClassSupportVectorMachine(from: damaged, registry: Registry())
            }
        }
        for matrix in [Matrix(rowCount: 0, columnCount: 3), Matrix(rowCount: model.weights.count, columnCount: 0)] {
            var damaged = archive
            damaged.store(matrix, as: "support-vectors")
            if matrix.rowCount == 0 { damaged.store([Double](), as: "weights") }
            #expect(throws: OutlierError.self) {
                _ = try FittedOneClassSupportVectorMachine(from: damaged, registry: Registry())
            }
        }
        for degree in [-1, 0, 101, Int.max, Int.min] {
            var damaged = archive
            damaged.store(degree, as: "degree")
            #expect(throws: OutlierError.self) {
                _ = try FittedOneClassSupportVectorMachine(from: damaged, registry: Registry())
            }
        }
        var damaged = archive
        damaged.store("quadratic", as: "kernel")
        #expect(throws: OutlierError.self) {
            _ = try FittedOneClassSupportVectorMachine(from: damaged, registry: Registry())
        }
    }
}
