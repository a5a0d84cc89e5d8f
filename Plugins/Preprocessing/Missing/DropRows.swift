public import OutlierCore
import OutlierNumerics

/// Leaves out rows that lack values, in the fit and in scoring.
///
/// A row that is left out has no score: it stands in the output, marked as not scored, with the columns that it lacks.
///
///     preprocess: [drop-rows]
public struct DropRows: Preprocessor {
    public static let name = "drop-rows"
    public static let summary = "Leaves out rows that lack values; they are not scored, and the output says why."
    public static var parameters: [Parameter<DropRows>] {
        [
            .number(
                "max-missing", \.maxMissing, in: .between(0, 1),
                "The largest part of a row's values that may be missing; rows that lack more are left out.")
        ]
    }

    /// The largest part of a row's values that may be missing, 0 to 1.
    public var maxMissing: Double

    public init() { self.init(maxMissing: 0) }

    public init(maxMissing: Double) { self.maxMissing = maxMissing }

    public func train(on data: Dataset, context: FitContext) throws -> FittedDropRows {
        FittedDropRows(featureCount: data.columnCount, maxMissing: maxMissing)
    }
}

/// The rule by which rows are left out.
public struct FittedDropRows: RowFiltering, MissingTolerant, CategoryTolerant {
    public let featureCount: Int
    let maxMissing: Double

    init(featureCount: Int, maxMissing: Double) {
        self.featureCount = featureCount
        self.maxMissing = maxMissing
    }

    public func unusableRows(in data: Dataset) -> [Int: String] {
        let width = data.columnCount
        let allowed = Shares.floor(maxMissing, of: width)
        var result: [Int: String] = [:]
        data.matrix.withUnsafeBufferPointer { values in
            for row in 0..<data.rowCount {
                let missing = (0..<width).filter { values[row * width + $0].isNaN }
                if missing.count > allowed { result[row] = Self.reason(missing.map { data.columns[$0].name }) }
            }
        }
        return result
    }

    private static func reason(_ names: [String]) -> String {
        if names.count == 1 { return "the value of “\(names[0])” is missing" }
        let shown = names.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
        return names.count > 3
            ? "\(names.count) values are missing: \(shown) and \(names.count - 3) more"
            : "\(names.count) values are missing: \(shown)"
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset { data }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "features")
        archive.store([maxMissing], as: "max-missing")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        self.init(
            featureCount: try archive.columnCount("features"),
            maxMissing: min(1, max(0, try archive.doubles("max-missing", count: 1)[0])))
    }
}
