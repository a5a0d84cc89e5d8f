/// Brings data into the order and the words of the columns that a model was fitted on.
enum ColumnAlignment {
    /// - Throws: ``OutlierError/Code/columnMismatch``, which lists every column that is missing, new or of another kind.
    static func align(_ data: Dataset, to columns: [Column]) throws -> Dataset {
        if data.columns == columns { return data }
        let order = try order(of: data, in: columns)
        var matrix = order == Array(0..<columns.count) ? data.matrix : data.matrix.selectingColumns(order)
        for (index, column) in columns.enumerated() {
            guard let levels = column.levels, let given = data.columns[order[index]].levels, given != levels else {
                continue
            }
            recode(column: index, from: given, to: levels, in: &matrix)
        }
        return try data.replacing(matrix, columns: columns)
    }

    /// For each of `columns`, its place in `data`.
    ///
    /// - Throws: as ``align(_:to:)``.
    static func order(of data: Dataset, in columns: [Column]) throws -> [Int] {
        if data.columns == columns { return Array(columns.indices) }
        var positions: [String: Int] = [:]
        for (index, column) in data.columns.enumerated() { positions[column.name] = index }
        let expected = Set(columns.map(\.name))
        var problems: [String] = []
        let missing = columns.filter { positions[$0.name] == nil }.map(\.name)
        let new = data.columns.filter { !expected.contains($0.name) }.map(\.name)
        if !missing.isEmpty { problems.append("missing: \(list(missing))") }
        if !new.isEmpty { problems.append("new: \(list(new))") }
        for column in columns {
            guard let position = positions[column.name] else { continue }
            let given = data.columns[position]
            if (given.levels == nil) != (column.levels == nil) {
                problems.append("“\(column.name)” holds \(plural(given)), but held \(plural(column))")
            }
        }
        guard problems.isEmpty else {
            throw OutlierError(
                .columnMismatch, "the columns are not those of the fit: " + problems.joined(separator: "; "),
                suggestion: suggestion(missing: missing, new: new))
        }
        return columns.map { positions[$0.name] ?? 0 }
    }

    private static func suggestion(missing: [String], new: [String]) -> String? {
        if missing.isEmpty {
            return new.isEmpty
                ? nil : "Leave the new columns out: the model cannot score by what it did not learn from."
        }
        if let only = new.first, new.count == 1, only.contains(where: { ",;|\t".contains($0) }) {
            return "The new column looks like several: the delimiter is another than that of the fit's table, or than "
                + "what its configuration declares (data: {delimiter: …})."
        }
        // The same names, written otherwise.
        var written: [String: String] = [:]
        for name in new { written[bare(name)] = name }
        let renamed = missing.compactMap { name in written[bare(name)].map { "“\($0)” to “\(name)”" } }
        if !renamed.isEmpty {
            let shown = renamed.prefix(3).joined(separator: ", ")
            return "Rename \(shown)\(renamed.count > 3 ? " and so on" : "")."
        }
        return "Add the missing columns, or fit again on a table without them"
            + (new.isEmpty ? "." : "; leave the new ones out.")
    }

    /// The letters and digits of a name, which are what two ways to write it have in common.
    private static func bare(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    private static func recode(column: Int, from given: [String], to levels: [String], in matrix: inout Matrix) {
        var codes: [String: Int] = [:]
        for (index, level) in levels.enumerated() { codes[level] = index }
        let map = given.map { Double(codes[$0] ?? levels.count) }
        for row in 0..<matrix.rowCount {
            let value = matrix[row, column]
            if value.isNaN { continue }
            let index = Int(exactly: value) ?? -1
            matrix[row, column] = map.indices.contains(index) ? map[index] : Double(levels.count)
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(10).map { "“\($0)”" }.joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }

    private static func plural(_ column: Column) -> String {
        switch column.kind {
        case .number: "numbers"
        case .boolean: "booleans"
        case .date: "dates"
        case .category: "words"
        }
    }
}
