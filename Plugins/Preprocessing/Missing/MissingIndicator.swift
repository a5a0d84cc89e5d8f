public import OutlierCore

/// Adds, for columns that lack values, a column that says where: that something is missing can be the anomaly.
///
/// The new columns are booleans called “x is missing”; the old ones stay as they are.
public struct MissingIndicator: Preprocessor {
    /// Which columns get an indicator.
    public enum Columns: String, Sendable, CaseIterable {
        /// Those that lack a value in a training row.
        case incomplete
        case all
    }

    public static let name = "missing-indicator"
    public static let summary = "Adds columns of 0 and 1 that say where values are missing."
    public static var parameters: [Parameter<MissingIndicator>] {
        [.choice("columns", \.columns, "Which columns get an indicator.")]
    }

    public var columns: Columns

    public init() { self.init(columns: .incomplete) }

    public init(columns: Columns) { self.columns = columns }

    public func train(on data: Dataset, context: FitContext) throws -> FittedMissingIndicator {
        let width = data.columnCount
        var incomplete = [Bool](repeating: columns == .all, count: width)
        data.matrix.withUnsafeBufferPointer { values in
            for index in values.indices where values[index].isNaN { incomplete[index % width] = true }
        }
        return FittedMissingIndicator(
            indicated: incomplete.indices.filter { incomplete[$0] }, featureCount: width)
    }
}

/// The columns that have an indicator.
public struct FittedMissingIndicator: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// Ascending.
    public let indicated: [Int]
    public let featureCount: Int

    init(indicated: [Int], featureCount: Int) {
        self.indicated = indicated
        self.featureCount = featureCount
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        if indicated.isEmpty { return data }
        let width = featureCount + indicated.count
        let matrix = data.matrix.withUnsafeBufferPointer { source in
            Matrix(rowCount: data.rowCount, columnCount: width) { target in
                for row in 0..<data.rowCount {
                    let (from, to) = (row * featureCount, row * width)
                    for column in 0..<featureCount {
                        target.initializeElement(at: to + column, to: source[from + column])
                    }
                    for (place, column) in indicated.enumerated() {
                        target.initializeElement(
                            at: to + featureCount + place, to: source[from + column].isNaN ? 1 : 0)
                    }
                }
            }
        }
        let added = indicated.map { column in
            data.columns[column].derived("\(data.columns[column].name) is missing", kind: .boolean)
        }
        return try data.replacing(matrix, columns: data.columns + added)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(indicated, as: "indicated")
        archive.store(featureCount, as: "features")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        featureCount = try archive.columnCount("features")
        indicated = try archive.integers("indicated", in: 0...featureCount - 1)
        guard Set(indicated).count == indicated.count else {
            throw OutlierError(.invalidModel, "a column has two indicators")
        }
    }
}
