import OutlierCore

/// Makes a table of numbers that have no names: the columns are called `x1`, `x2` and so on.
struct NumericTable {
    let matrix: Matrix
    let options: ReadOptions
    let file: String
    /// Labels that do not come from a column.
    var labels: [Label]?
    var knownLabels: [Label]?

    func table() throws -> Table {
        let names = (0..<matrix.columnCount).map { "x\($0 + 1)" }
        let layout = try ColumnLayout(names: names, options: options, file: file)
        let labels = try layout.label.map {
            try NumericTable.labels(matrix.column($0), name: names[$0], options: options, file: file)
        }
        let known = try layout.knownLabel.map {
            try NumericTable.labels(
                matrix.column($0), name: names[$0], options: options, file: file, isKnowledge: true)
        }
        let identifiers = layout.identifier.map { matrix.column($0).map(NumericTable.text) }
        let features = layout.features
        var chosen = features.count == matrix.columnCount ? matrix : matrix.selectingColumns(features)
        var columns: [Column] = []
        for (index, feature) in features.enumerated() {
            columns.append(
                Column(names[feature], kind: try settle(index, names[feature], layout.roles[feature], &chosen)))
        }
        let truth = labels ?? self.labels
        return Table(
            rows: try Dataset(
                chosen, columns: columns,
                labels: known ?? knownLabels ?? (options.knownLabels == nil ? nil : truth)),
            truth: truth.map(Truth.init), identifiers: identifiers, identifierName: options.identifier, source: file)
    }

    private func settle(
        _ column: Int, _ name: String, _ role: ColumnLayout.Role, _ matrix: inout Matrix
    ) throws -> Column.Kind {
        guard case .feature(let kind?) = role else { return .number }
        switch kind {
        case .number: return .number
        case .date: return .date
        case .boolean:
            for row in 0..<matrix.rowCount {
                let value = matrix[row, column]
                if value.isNaN || value == 0 || value == 1 { continue }
                throw OutlierError(
                    .invalidValue,
                    "the column “\(name)” should hold booleans, but row \(row + 1) has \(NumericTable.text(value))",
                    location: .init(file: file))
            }
            return .boolean
        case .category:
            let values = matrix.column(column)
            let levels = Set(values.lazy.filter { !$0.isNaN }.map(NumericTable.text)).sorted()
            let codes = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Double($0)) })
            for (row, value) in values.enumerated() {
                matrix[row, column] = codes[NumericTable.text(value)] ?? .nan
            }
            return .category(levels: levels)
        }
    }

    /// A number as a person writes it: whole ones without a point.
    static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? value.description
    }

    static func labels(
        _ values: [Double], name: String, options: ReadOptions, file: String, isKnowledge: Bool = false
    ) throws -> [Label] {
        var unknown: Set<String> = []
        let labels = values.map { value -> Label in
            if value.isNaN { return .unlabeled }
            let word = text(value)
            if let label = Labels.label(
                word, number: value, anomalyWords: options.anomalyWords, isKnowledge: isKnowledge)
            {
                return label
            }
            unknown.insert(word)
            return .unlabeled
        }
        guard unknown.isEmpty else { throw Labels.unknown(Array(unknown), column: name, location: .init(file: file)) }
        if !isKnowledge || options.label == nil {
            try Labels.checkDeclared(
                labels, words: Set(values.lazy.filter { !$0.isNaN }.map(text)), column: name, file: file,
                options: options)
        }
        return labels
    }
}
