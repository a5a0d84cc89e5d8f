/// The columns that a selection keeps.
public struct SelectedColumns: FittedPreprocessor {
    /// The columns that are kept, ascending.
    public let kept: [Int]
    public let featureCount: Int
    /// What the selection could be learnt from.
    public let takes: RowTraits

    /// - Parameter takes: of which missing values and categories count.
    public init(kept: [Int], featureCount: Int, takes: RowTraits = [.missing, .categories]) {
        self.kept = kept
        self.featureCount = featureCount
        self.takes = takes.intersection(.ofValues)
    }

    /// - Throws: ``OutlierError/Code/emptyData`` with the given words where no column is kept.
    package init(
        _ kept: [Int], of featureCount: Int, takes: RowTraits, otherwise message: String, suggestion: String
    ) throws {
        guard !kept.isEmpty else {
            throw OutlierError(.emptyData, "no column is left: \(message)", suggestion: suggestion)
        }
        self.init(kept: kept, featureCount: featureCount, takes: takes)
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        kept.count == data.columnCount ? data : try data.selectingColumns(kept)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(kept, as: "kept")
        archive.store(featureCount, as: "features")
        archive.store(Int(takes.rawValue), as: "takes")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("features")
        let kept = try archive.integers("kept", in: 0...featureCount - 1)
        guard !kept.isEmpty, zip(kept, kept.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw OutlierError(.invalidModel, "the kept columns are not in ascending order")
        }
        // Models of earlier versions do not say: what comes behind the selection refuses what it does not take.
        let takes = try archive.integerIfPresent("takes", in: 0...Int(RowTraits.ofValues.rawValue))
        self.init(
            kept: kept, featureCount: featureCount,
            takes: takes.map { RowTraits(rawValue: UInt8($0)) } ?? .ofValues)
    }
}
