public import OutlierCore

/// Replaces each category by one number: the place of its word.
///
/// A word that the fit did not see becomes -1; a missing word stays missing. Other columns pass.
public struct OrdinalEncoder: Preprocessor {
    public static let name = "ordinal"
    public static let summary = "Replaces each category by the place of its word; a new word becomes -1."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> CategoryNumbers {
        CategoryNumbers(data.columns.map { $0.levels?.indices.map(Double.init) }, unseen: -1)
    }
}

/// Replaces each category by the share of the training rows that have its word: rare words become small numbers.
///
/// A word that the fit did not see becomes 0; a missing word stays missing. Other columns pass.
public struct FrequencyEncoder: Preprocessor {
    public static let name = "frequency"
    public static let aliases = ["count-encoder"]
    public static let summary = "Replaces each category by the share of the rows that have its word."

    public init() {}

    public func train(on data: Dataset, context: FitContext) throws -> CategoryNumbers {
        CategoryNumbers(
            data.columns.enumerated().map { index, column in
                guard let levels = column.levels else { return nil }
                var counts = [Double](repeating: 0, count: levels.count)
                for code in data.codes(index) { if let code { counts[code] += 1 } }
                return counts.map { $0 / Double(data.rowCount) }
            }, unseen: 0)
    }
}

/// The number that each word of each category becomes.
public struct CategoryNumbers: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// For each column that is a category one number a word; `nil` for others.
    let numbers: [[Double]?]
    let unseen: Double

    public var featureCount: Int { numbers.count }

    init(_ numbers: [[Double]?], unseen: Double) {
        self.numbers = numbers
        self.unseen = unseen
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        guard zip(data.columns, numbers).allSatisfy({ $0.levels?.count == $1?.count }) else {
            throw OutlierError(.columnMismatch, "the categories do not have the words of the fit")
        }
        let categories = numbers.indices.filter { numbers[$0] != nil }
        if categories.isEmpty { return data }
        let width = data.columnCount
        var matrix = data.matrix
        matrix.withUnsafeMutableBufferPointer { values in
            for row in 0..<data.rowCount {
                for column in categories {
                    let value = values[row * width + column]
                    guard !value.isNaN, let words = numbers[column] else { continue }
                    let code = Int(exactly: value) ?? -1
                    values[row * width + column] = words.indices.contains(code) ? words[code] : unseen
                }
            }
        }
        return try data.replacing(
            matrix, columns: data.columns.map { $0.levels == nil ? $0 : $0.derived($0.name) })
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(numbers.map { $0?.count ?? -1 }, as: "counts")
        archive.store(numbers.flatMap { $0 ?? [] }, as: "numbers")
        archive.store([unseen], as: "unseen")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let counts = try archive.integers("counts", in: -1...Int(Int32.max))
        let total = counts.reduce(0) { $0 + max(0, $1) }
        let all = try archive.doubles("numbers", count: total)
        var start = 0
        numbers = counts.map { count in
            guard count >= 0 else { return nil }
            defer { start += count }
            return Array(all[start..<start + count])
        }
        unseen = try archive.doubles("unseen", count: 1)[0]
    }
}

extension Dataset {
    /// The codes of a category; `nil` for a missing or unknown word.
    func codes(_ column: Int) -> [Int?] {
        let count = columns[column].levels?.count ?? 0
        return matrix.column(column).map { value in
            guard !value.isNaN, let code = Int(exactly: value), code >= 0, code < count else { return nil }
            return code
        }
    }
}
