import OutlierCore
import OutlierPreprocessing
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct ColumnTests {
    private let nan = Double.nan

    private func values(_ preprocessor: some Preprocessor, _ data: Dataset) throws -> Dataset {
        try preprocessor.fit(data, context: FitContext(seed: 2)).transform(data)
    }

    @Test func dropRowsSaysWhatIsMissing() throws {
        let data = try Dataset(
            Matrix(rows: [[1, nan, 2, nan, nan, nan], [1, 2, 3, 4, 5, 6], [nan, 1, 1, 1, 1, 1]]),
            columns: ["a", "b", "c", "d", "e", "f"].map { Column($0) })
        let reasons = try DropRows().fit(data).unusableRows(in: data)
        #expect(
            reasons == [
                0: "4 values are missing: “b”, “d”, “e” and 1 more", 2: "the value of “a” is missing",
            ])
        #expect(try DropRows(maxMissing: 0.2).fit(data).unusableRows(in: data).keys.sorted() == [0])
        #expect(try DropRows(maxMissing: 1).fit(data).unusableRows(in: data).isEmpty)
    }

    @Test func dropColumns() throws {
        let data = try Dataset(rows: [[1, nan, nan, 2], [1, 1, nan, 2], [2, nan, nan, 3]])
        #expect(try values(DropColumns(maxMissing: 0.5), data).columns.map(\.name) == ["x1", "x4"])
        #expect(try values(DropColumns(maxMissing: 1), data).columns.map(\.name) == ["x1", "x2", "x4"])
        #expect(error { _ = try values(DropColumns(), Dataset(rows: [[nan], [nan]])) }?.code == .emptyData)
    }

    @Test func imputersNeedAValueInEachColumn() throws {
        let data = try Dataset(rows: [[1, nan], [2, nan]])
        #expect(error { _ = try NearestNeighborImputer().fit(data) }?.code == .missingValue)
        #expect(error { _ = try IterativeImputer().fit(data) }?.code == .missingValue)
        // A row without any value gets the means.
        let some = try NearestNeighborImputer().fit(Dataset(rows: [[1, 3], [2, nan]]))
        #expect(try some.transform(Dataset(rows: [[nan, nan]])).matrix.row(0) == [1.5, 3])
    }

    @Test func imputersByStrategy() throws {
        let holed = SyntheticData.withHoles(SyntheticData.clusters(rows: 60).data, share: 0.2)
        let registry = try Registry.forTests()
        for (strategy, name) in [("knn", "knn-imputer"), ("iterative", "iterative-imputer")] {
            let short = try registry.preprocessor("impute", parameters: ["strategy": .string(strategy)])
            #expect(PreprocessorConformance.check(short, registry: registry, data: holed) == [])
            let long = try registry.preprocessor(name)
            let first: any FittedPreprocessor = try short.fit(holed)
            let second: any FittedPreprocessor = try long.fit(holed)
            #expect(try first.transform(holed).matrix == second.transform(holed).matrix)
        }
    }

    @Test func manyColumnsAreRegressedOnTheNearest() throws {
        var random = RandomSource(seed: 1)
        let hidden = (0..<120).map { _ in (0..<3).map { _ in random.normal() } }
        let weights = (0..<230).map { _ in (0..<3).map { _ in random.normal() } }
        var matrix = try Matrix(
            rows: hidden.map { row in
                weights.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } + 0.01 * random.normal() }
            })
        let truth = matrix
        var holes: [(Int, Int)] = []
        for row in 0..<120 {
            for column in 0..<230 where random.uniform() < 0.05 {
                matrix[row, column] = nan
                holes.append((row, column))
            }
        }
        let filled = try values(IterativeImputer(rounds: 2), Dataset(matrix)).matrix
        let error = holes.reduce(0) { $0 + abs(filled[$1.0, $1.1] - truth[$1.0, $1.1]) } / Double(holes.count)
        #expect(error < 0.1, "\(error)")
    }

    @Test func parts() throws {
        // 2024-02-29T23:30:00Z, a Thursday; 1969-12-31T00:00:00Z, a Wednesday; 2000-12-31T12:00:00Z, a Sunday.
        let data = try Dataset(
            Matrix(rows: [[1_709_249_400, 1], [-86_400, 2], [978_264_000, 3], [nan, 4]]),
            columns: [Column("when", kind: .date), Column("x")])
        let all = try values(DateParts(parts: DateParts.Part.allCases), data)
        #expect(
            all.columns.map(\.name) == [
                "when year", "when month", "when day", "when weekday", "when day-of-year", "when hour", "when minute",
                "when weekend", "when seconds", "x",
            ])
        #expect(all.matrix.row(0) == [2024, 2, 29, 4, 60, 23.5, 30, 0, 1_709_249_400, 1])
        #expect(all.matrix.row(1) == [1969, 12, 31, 3, 365, 0, 0, 0, -86_400, 2])
        #expect(all.matrix.row(2) == [2000, 12, 31, 7, 366, 12, 0, 1, 978_264_000, 3])
        let known = all.matrix.row(3).prefix(9).count { !$0.isNaN }
        #expect(known == 0)
        let ahead = try values(DateParts(parts: [.hour, .weekday], offset: 2), data)
        #expect(ahead.matrix.row(0) == [1.5, 5, 1])
        let cyclic = try values(DateParts(parts: [.hour], cyclic: true), data)
        #expect(cyclic.columns.map(\.name) == ["when hour sin", "when hour cos", "x"])
        #expect(abs(cyclic.matrix[2, 1] + 1) < 1e-12, "noon is opposite midnight")
        let failure = error { _ = try Registry.forTests().preprocessor("date-parts", parameters: ["parts": ["hours"]]) }
        #expect(failure?.suggestion == "Did you mean “hour”?")
    }

    @Test func categoriesKeepWhatIsMissing() throws {
        let data = try Dataset(
            Matrix(rows: [[0], [1], [1], [nan], [2]]), columns: [Column("w", kind: .category(levels: ["a", "b"]))])
        let result = try values(FrequencyEncoder(), data).matrix.column(0)
        #expect(result[0] == 0.2 && result[1] == 0.4 && result[3].isNaN && result[4] == 0)
        #expect(try values(OrdinalEncoder(), data).matrix.column(0)[4] == -1)
    }

    @Test func randomProjectionKeepsDistances() throws {
        let data = SyntheticData.clusters(rows: 40, columns: 300, anomalies: 5).data
        for directions in RandomProjection.Directions.allCases {
            let reduced = try values(RandomProjection(components: 200, directions: directions), data).matrix
            var ratios: [Double] = []
            for row in 1..<40 {
                func square(_ matrix: Matrix) -> Double {
                    zip(matrix.row(0), matrix.row(row)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                }
                ratios.append(square(reduced) / square(data.matrix))
            }
            #expect((ratios.min() ?? 0) > 0.5 && (ratios.max() ?? 9) < 1.6, "\(directions): \(ratios)")
        }
    }

    @Test func eliminationKeepsColumnsWithAnomalies() throws {
        var random = RandomSource(seed: 9)
        let rows = (0..<200).map { row in
            (0..<8).map { column in row < 20 && (column == 3 || column == 6) ? 8 + random.normal() : random.normal() }
        }
        let elimination = RecursiveElimination(detector: ZScore(aggregation: .sum), keep: 2)
        #expect(try elimination.fit(Dataset(rows: rows)).kept == [3, 6])
        #expect(error { _ = try RecursiveElimination().fit(Dataset(rows: rows)) }?.code == .invalidConfiguration)
        let named = try Registry.forTests().preprocessor("rfe", parameters: ["keep": 2])
        #expect((named as? RecursiveElimination)?.detector?.recipe.name == "ecod")
    }

    @Test func limits() throws {
        let data = try Dataset(Matrix(rows: [[1, 10], [2, 20]]), columns: [Column("a"), Column("b")])
        #expect(try values(Clip(lower: 1.5, upper: nil, columns: ["a"]), data).matrix.values == [1.5, 10, 2, 20])
        #expect(error { _ = try values(Clip(lower: 0, upper: 1, columns: ["c"]), data) }?.code == .columnMismatch)
        #expect(error { _ = try values(Clip(lower: 2, upper: 1), data) }?.code == .invalidParameter)
        #expect(error { _ = try values(Winsorize(lower: 0.9, upper: 0.1), data) }?.code == .invalidParameter)
    }
}
