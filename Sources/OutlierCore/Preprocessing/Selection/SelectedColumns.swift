/// The columns that a selection keeps.
public protocol ColumnSelection: FittedPreprocessor {
    /// The columns that are kept, ascending.
    var kept: [Int] { get }
    init(kept: [Int], featureCount: Int)
}

extension ColumnSelection {
    /// - Throws: ``OutlierError/Code/emptyData`` with the given words where no column is kept.
    package init(_ kept: [Int], of featureCount: Int, otherwise message: String, suggestion: String) throws {
        guard !kept.isEmpty else {
            throw OutlierError(.emptyData, "no column is left: \(message)", suggestion: suggestion)
        }
        self.init(kept: kept, featureCount: featureCount)
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        kept.count == data.columnCount ? data : try data.selectingColumns(kept)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(kept, as: "kept")
        archive.store(featureCount, as: "features")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.integer("features", in: 1...Int(Int32.max))
        let kept = try archive.integers("kept", in: 0...featureCount - 1)
        guard !kept.isEmpty, zip(kept, kept.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw OutlierError(.invalidModel, "the kept columns are not in ascending order")
        }
        self.init(kept: kept, featureCount: featureCount)
    }
}

/// The columns that are kept of a table that may lack values and have categories.
public struct SelectedColumns: ColumnSelection, MissingTolerant, CategoryTolerant {
    public let kept: [Int]
    public let featureCount: Int

    public init(kept: [Int], featureCount: Int) {
        self.kept = kept
        self.featureCount = featureCount
    }
}

/// The columns that are kept of a table of numbers without holes.
public struct SelectedCompleteColumns: ColumnSelection {
    public let kept: [Int]
    public let featureCount: Int

    public init(kept: [Int], featureCount: Int) {
        self.kept = kept
        self.featureCount = featureCount
    }
}

/// The columns that are kept of a table of numbers that may lack values.
public struct SelectedNumberColumns: ColumnSelection, MissingTolerant {
    public let kept: [Int]
    public let featureCount: Int

    public init(kept: [Int], featureCount: Int) {
        self.kept = kept
        self.featureCount = featureCount
    }
}
