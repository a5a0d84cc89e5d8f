import OutlierCore
import OutlierPreprocessing
import Testing

/// What each preprocessor of the family says of where its columns come from.
@Suite struct ColumnOriginTests {
    private func table() throws -> Dataset {
        let rows = (0..<40).map { row -> [Double] in
            let value = Double(row)
            return [value, row % 7 == 0 ? .nan : value * value, 86_400 * value, Double(row % 3)]
        }
        return try Dataset(
            Matrix(rows: rows),
            columns: [
                Column("x"), Column("y"), Column("seen", kind: .date),
                Column("colour", kind: .category(levels: ["r", "g", "b"])),
            ]
        ).numberingColumns
    }

    private func origins(_ preprocessor: some Preprocessor, _ data: Dataset) throws -> [Int?] {
        try preprocessor.fit(data).transform(data).columns.map { column in
            if case .column(let place, lag: 0)? = column.origin { place } else { nil }
        }
    }

    @Test func columnsOfOneColumn() throws {
        let data = try table()
        #expect(try origins(DateParts(parts: [.hour, .weekday], cyclic: true), data) == [0, 1, 2, 2, 2, 2, 3])
        #expect(try origins(DateParts(parts: [.year, .weekend]), data) == [0, 1, 2, 2, 3])
        #expect(try origins(MissingIndicator(), data) == [0, 1, 2, 3, 1])
        #expect(try origins(OrdinalEncoder(), data) == [0, 1, 2, 3])
        #expect(try origins(FrequencyEncoder(), data) == [0, 1, 2, 3])
        #expect(try origins(Winsorize(), data) == [0, 1, 2, 3])
        #expect(try origins(DropColumns(maxMissing: 0.05), data) == [0, 2, 3])
        let numbers = try data.selectingColumns([0, 1, 2])
        #expect(try origins(QuantileTransform(), numbers) == [0, 1, 2])
        #expect(try origins(NearestNeighborImputer(), numbers) == [0, 1, 2])
        #expect(try origins(IterativeImputer(), numbers) == [0, 1, 2])
        #expect(try origins(KurtosisSelection(keep: 1), numbers).count == 1)
    }

    @Test func mixturesAreOfNoColumn() throws {
        let numbers = try table().selectingColumns([0, 2])
        #expect(try origins(RandomProjection(), numbers).allSatisfy { $0 == nil })
        #expect(try origins(FeatureAgglomeration(), numbers).allSatisfy { $0 == nil })
    }

    /// What a selection was learnt from decides what it takes, also when it is loaded; an older model does not say.
    @Test func selectionsKnowWhatTheyTake() throws {
        let numbers = try table().selectingColumns([0, 2])
        let correlation = try CorrelationSelection().fit(numbers)
        #expect(correlation.takes == [] && CorrelationSelection().takes == [])
        #expect(try VarianceSelection().fit(table()).takes == [.missing, .categories])
        var archive = ModelArchive()
        try correlation.encode(to: &archive)
        #expect(try SelectedColumns(from: archive, registry: Registry()).takes == [])
        var older = ModelArchive()
        older.store([0], as: "kept")
        older.store(2, as: "features")
        #expect(try SelectedColumns(from: older, registry: Registry()).takes == [.missing, .categories])
        archive.store(4, as: "takes")
        #expect(throws: OutlierError.self) { try SelectedColumns(from: archive, registry: Registry()) }
    }
}
