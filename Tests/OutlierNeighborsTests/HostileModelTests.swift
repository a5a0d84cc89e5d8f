import OutlierCore
import OutlierNeighbors
import OutlierTesting
import Testing

/// Damaged models give errors or scores, and never crash.
@Suite struct HostileModelTests {
    /// Another model than the one that was saved is no answer.
    @Test func whatIsPartialIsNotTakenForWhole() throws {
        let data = SyntheticData.withHoles(SyntheticData.clusters(rows: 90, columns: 3, anomalies: 5).data, share: 0.1)
        var archive = ModelArchive()
        try KNearestNeighbors().fit(data).encode(to: &archive)
        _ = try KNearestNeighbors.Fitted(from: archive, registry: Registry())
        for damage in ["1", true, 2] as [Value] {
            archive.store(damage, as: "partial")
            let error = #expect(throws: OutlierError.self) {
                try KNearestNeighbors.Fitted(from: archive, registry: Registry())
            }
            #expect(error?.code == .invalidModel && error?.message.contains("partial") == true)
        }
    }

    private func attack<D: Detector>(_ detector: D, tensors: [String], values: [String]) throws {
        let data = SyntheticData.clusters(rows: 90, columns: 3, anomalies: 5).data
        let model = try detector.fit(data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let integers = [Int.min, -1, 0, 1, 89, 90, 91, Int.max]
        func tries(_ change: (inout ModelArchive) -> Void) {
            var damaged = archive
            change(&damaged)
            guard let loaded = try? D.Fitted(from: damaged, registry: Registry()) else { return }
            _ = try? loaded.scores(of: data)
        }
        for name in tensors {
            for integer in integers {
                tries { $0.store([integer, integer], as: name) }
                tries { $0.store([Int](repeating: integer, count: 90), as: name) }
                tries { $0.store([Int32](repeating: Int32(clamping: integer), count: 90 * 20), as: name) }
                tries { $0.store([Int32](repeating: Int32(clamping: integer), count: 90), as: name) }
            }
            for number in [Double.nan, .infinity, -.infinity, -1, 0, 1e308, 1e-300] {
                tries { $0.store([number], as: name) }
                tries { $0.store([Double](repeating: number, count: 90), as: name) }
                tries { $0.store(Matrix(rowCount: 90, columnCount: 3, repeating: number), as: name) }
                tries { $0.store(Matrix(rowCount: 1, columnCount: 1, repeating: number), as: name) }
            }
            tries { $0.store(Matrix(rowCount: 0, columnCount: 3), as: name) }
            tries { $0.store(Matrix(rowCount: 3, columnCount: 0), as: name) }
        }
        for name in values {
            for integer in integers { tries { $0.store(integer, as: name) } }
            for value: Value in [.null, .string("x"), .number(0.5), .number(-1e300), .boolean(true), .array([])] {
                tries { $0.store(value, as: name) }
            }
        }
    }

    @Test func damagedModels() throws {
        let common = ["metric", "power", "neighbors"]
        try attack(KNearestNeighbors(), tensors: ["points"], values: common + ["method"])
        try attack(LocalOutlierFactor(), tensors: ["points", "reaches", "densities"], values: common)
        try attack(
            ConnectivityBasedOutlierFactor(), tensors: ["points", "scale", "chainings"], values: common + ["chain"])
        try attack(
            AngleBasedOutlierDetection(), tensors: ["points", "densest"], values: common + ["method", "weighting"])
        try attack(
            SubspaceOutlierDegree(), tensors: ["points", "scale", "neighborhoods", "alpha"],
            values: common + ["reference-rows", "normalization"])
        try attack(
            ClusterBasedLocalOutlierFactor(), tensors: ["centers", "scale", "sizes"],
            values: ["large-count", "use-weights"])
    }
}
