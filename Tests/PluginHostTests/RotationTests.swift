import OutlierCore
import OutlierStatistical
import OutlierTesting
import PluginHost
import Testing

/// A preprocessor of a plug-in that gives as many columns as it takes, each a mixture of all.
private struct Rotation: ForeignComponent {
    let description = ComponentDescription(
        kind: .preprocessor, name: "rotate", summary: "Sums of columns.", plugin: "rotation",
        origin: PluginOrigin(plugin: "rotation", version: "1", file: "rotation"))

    func fit(_ data: Dataset, parameters: Value, context: FitContext) throws -> any ForeignModel {
        Model(outputColumns: data.columnCount)
    }

    struct Model: ForeignModel {
        let outputColumns: Int

        /// Running sums from the left.
        func output(for data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).flatMap { row in
                var sum = 0.0
                return (0..<data.columnCount).map { column in
                    sum += data.matrix[row, column]
                    return sum
                }
            }
        }

        func state() throws -> [UInt8] { [] }
    }
}

@Suite struct RotationTests {
    @Test func noColumnIsBlamedForARotatedAxis() throws {
        var registry = Registry()
        try registry.register(StatisticalPlugin.self)
        try registry.register(Rotation())
        let data = SyntheticData.clusters(rows: 60, anomalies: 3).data
        let rotated = try Pipeline(preprocessors: [registry.preprocessor("rotate")], detector: ZScore()).fit(data)
        #expect(try rotated.prepared(data).columns.map(\.name) == data.columns.map(\.name))
        #expect(try rotated.prepared(data).columns.allSatisfy { $0.origin == nil })
        #expect(rotated.explainer == nil)
        #expect(throws: OutlierError.self) { try rotated.explain(data.rows(0..<1), method: .native) }
        #expect(try rotated.explain(data.rows(0..<1)).allSatisfy { $0.method == .shapley })
        // The same without the rotation is explained by the detector's own terms.
        let plain = try Pipeline(preprocessors: [StandardScaler()], detector: ZScore()).fit(data)
        #expect(plain.explainer != nil)
        #expect(try plain.explain(data.rows(0..<1)).allSatisfy { $0.method == .native })
    }
}
