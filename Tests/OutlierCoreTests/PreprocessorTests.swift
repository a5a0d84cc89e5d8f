import OutlierCore
import Testing

@Suite struct PreprocessorTests {
    private let nan = Double.nan

    private func column(_ values: [Double]) throws -> Dataset { try Dataset(rows: values.map { [$0] }) }

    private func transformed(_ preprocessor: some Preprocessor, _ values: [Double]) throws -> [Double] {
        let data = try column(values)
        return try preprocessor.fit(data).transform(data).matrix.column(0)
    }

    @Test func scalers() throws {
        #expect(try transformed(StandardScaler(), [1, 3]) == [-1, 1])
        #expect(try transformed(MinMaxScaler(), [2, 4, 3]) == [0, 1, 0.5])
        #expect(try transformed(RobustScaler(), [1, 2, 3, 4, 5]) == [-1, -0.5, 0, 0.5, 1])
        #expect(try transformed(StandardScaler(), [7, 7, 7]) == [0, 0, 0], "a constant column becomes 0")
        #expect(try transformed(StandardScaler(), [1e8 + 0.1, 1e8 + 0.1, 1e8 + 0.1]) == [0, 0, 0])
        let shifted = try transformed(StandardScaler(), [1e9, 1e9 + 1, 1e9 + 2])
        #expect(abs(shifted[2] - 1.224744871391589) < 1e-12, "a large mean costs no digits")
    }

    @Test func missingValuesPassTheScalers() throws {
        let result = try transformed(StandardScaler(), [1, nan, 3])
        #expect(result[0] == -1 && result[1].isNaN && result[2] == 1)
    }

    /// What a model may lack is of the right type where it is there.
    @Test func damagedImputers() throws {
        var archive = ModelArchive()
        try Imputer().fit(column([1, nan, 3])).encode(to: &archive)
        #expect(try FittedImputer(from: archive, registry: Registry()).featureCount == 1)
        archive.store(7, as: "other-name")
        #expect(error { _ = try FittedImputer(from: archive, registry: Registry()) }?.code == .invalidModel)
    }

    @Test func imputation() throws {
        #expect(try transformed(Imputer(strategy: .mean), [1, nan, 4, 4]) == [1, 3, 4, 4])
        #expect(try transformed(Imputer(strategy: .median), [1, nan, 4, 4]) == [1, 4, 4, 4])
        #expect(try transformed(Imputer(strategy: .constant, value: -9), [1, nan]) == [1, -9])
        #expect(try transformed(Imputer(strategy: .mode), [4, 4, 1, 1, 2, nan]) == [4, 4, 1, 1, 2, 1])
        #expect(error { _ = try Imputer(strategy: .knn).fit(column([1, nan])) }?.code == .invalidConfiguration)
        #expect(error { _ = try Imputer().fit(column([nan, nan])) }?.code == .missingValue)
        let words = try Dataset(
            Matrix(rows: [[0], [1], [1], [nan]]), columns: [Column("w", kind: .category(levels: ["a", "b"]))])
        #expect(try Imputer().fit(words).transform(words).matrix.column(0) == [0, 1, 1, 1])
    }

    @Test func oneHot() throws {
        let data = try Dataset(
            Matrix(rows: [[5, 0], [6, 1], [7, 2], [8, nan]]),
            columns: [Column("n"), Column("w", kind: .category(levels: ["a", "b"]))])
        let result = try OneHotEncoder().fit(data).transform(data)
        #expect(result.columns.map(\.name) == ["n", "w=a", "w=b"])
        #expect(result.matrix.row(0) == [5, 1, 0])
        #expect(result.matrix.row(2) == [7, 0, 0], "a word that was not there at the fit")
        let missing = result.matrix.row(3).dropFirst()
        #expect(missing.allSatisfy { $0.isNaN })
    }

    @Test func parametersThatContradict() throws {
        let scaler = RobustScaler(lowerQuantile: 0.8, upperQuantile: 0.2)
        #expect(error { _ = try scaler.fit(column([1, 2])) }?.code == .invalidParameter)
    }

    @Test func thresholds() throws {
        let scores = (0...10).map(Double.init)
        #expect(try QuantileThreshold(contamination: 0.1).fit(scores: scores).cutoff == 9)
        #expect(try MADThreshold(deviations: 2).fit(scores: scores).cutoff == 5 + 2 * 3 * 1.482602218505602)
        #expect(try FixedThreshold(cutoff: 4).fit(scores: scores).decisions(for: [4, 4.5]).anomalies == [1])
        #expect(error { _ = try QuantileThreshold(contamination: 0.6).fit(scores: scores) }?.code == .invalidParameter)
        #expect(error { _ = try QuantileThreshold().fit(scores: []) }?.code == .emptyData)
    }
}
