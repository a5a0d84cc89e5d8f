/// Replaces each category by a column of 0 and 1 for each of its words. Other columns stay as they are.
///
/// A word that the fit did not see gives 0 in every column; a missing word gives `NaN` in every column.
public struct OneHotEncoder: Preprocessor {
    public static let name = "one-hot"
    public static let summary = "Replaces each category by a column of 0 and 1 for each of its words."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> FittedOneHotEncoder {
        FittedOneHotEncoder(levelCounts: data.columns.map { $0.levels?.count ?? 0 })
    }
}

/// Where the categories are, and how many words each has.
public struct FittedOneHotEncoder: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// 0 for a column that is no category.
    let levelCounts: [Int]

    public var featureCount: Int { levelCounts.count }

    init(levelCounts: [Int]) { self.levelCounts = levelCounts }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        guard levelCounts.contains(where: { $0 > 0 }) || data.columns.contains(where: { $0.levels != nil }) else {
            return data
        }
        var columns: [Column] = []
        var starts: [Int] = []
        for (column, count) in zip(data.columns, levelCounts) {
            guard (column.levels?.count ?? 0) == count else {
                throw OutlierError(
                    .columnMismatch, "the column “\(column.name)” does not have the words of the fit",
                    component: OneHotEncoder.name)
            }
            starts.append(columns.count)
            if let levels = column.levels {
                columns += levels.map { column.derived("\(column.name)=\($0)", kind: .boolean) }
            } else {
                columns.append(column)
            }
        }
        let width = columns.count
        try checkMemory(data, width)
        let matrix = data.matrix.withUnsafeBufferPointer { source in
            Matrix(rowCount: data.rowCount, columnCount: width) { target in
                target.initialize(repeating: 0)
                for row in 0..<data.rowCount {
                    for (column, count) in levelCounts.enumerated() {
                        let value = source[row * levelCounts.count + column]
                        let start = row * width + starts[column]
                        if data.columns[column].levels == nil {
                            target[start] = value
                        } else if value.isNaN {
                            for level in 0..<count { target[start + level] = .nan }
                        } else if let level = Int(exactly: value), level >= 0, level < count {
                            target[start + level] = 1
                        }
                    }
                }
            }
        }
        return try data.replacing(matrix, columns: columns)
    }

    /// Many rows times many words may be more than any memory holds.
    private func checkMemory(_ data: Dataset, _ width: Int) throws {
        let largest = levelCounts.indices.max { levelCounts[$0] < levelCounts[$1] } ?? 0
        let name = data.columns[largest].name
        try MachineMemory.require(
            elements: [data.rowCount, width],
            for:
                "\(data.rowCount) rows of \(width) columns, \(levelCounts[largest]) of them for the words of “\(name)”",
            instead:
                "Ignore “\(name)”, make it the identifier, or give its words numbers by “frequency” or “target-encoder”.",
            component: OneHotEncoder.name)
    }

    public func encode(to archive: inout ModelArchive) throws { archive.store(levelCounts, as: "levels") }

    public init(from archive: ModelArchive, registry: Registry) throws {
        levelCounts = try archive.integers("levels", in: 0...Int(Int32.max))
    }
}
