/// A fitted preprocessor whose output columns are each made of many input columns, whatever they are called: principal
/// components, projections.
public protocol ColumnMixing: FittedPreprocessor {}

/// Finds, by their names, the columns that preprocessed columns were made from: a column that keeps its name is itself,
/// and `colour=red` or `seen.hour` comes from `colour` and `seen`.
struct ColumnTrace {
    /// For each column, the one of the first table that it comes from; `nil` where that cannot be said of all.
    private(set) var origins: [Int]?
    private var columns: [Column]

    init(_ columns: [Column]) {
        self.columns = columns
        origins = Array(columns.indices)
    }

    mutating func advance(to next: [Column], through stage: any FittedPreprocessor) {
        defer { columns = next }
        guard let known = origins else { return }
        if stage is any ColumnMixing {
            origins = nil
            return
        }
        var positions: [String: Int] = [:]
        for (index, column) in columns.enumerated() { positions[column.name] = index }
        var found: [Int] = []
        for column in next {
            guard let position = positions[column.name] ?? Self.prefix(of: column.name, in: positions) else {
                origins = nil
                return
            }
            found.append(known[position])
        }
        origins = found
    }

    /// The longest name that begins `name` and ends before a sign that is neither a letter nor a digit.
    private static func prefix(of name: String, in positions: [String: Int]) -> Int? {
        var end = name.endIndex
        while end > name.startIndex {
            end = name.index(before: end)
            let sign = name[end]
            if sign.isLetter || sign.isNumber { continue }
            if let position = positions[String(name[..<end])] { return position }
        }
        return nil
    }
}
