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
        var columns: [Column] = []
        var codes: [[Double: Double]?] = []
        for feature in features {
            let (kind, code) = try settle(feature, names[feature], layout.roles[feature])
            columns.append(Column(names[feature], kind: kind))
            codes.append(code)
        }
        let chosen = try choose(features, codes)
        let truth = labels ?? self.labels
        return Table(
            rows: try Dataset(
                chosen, columns: columns,
                labels: known ?? knownLabels ?? (options.knownLabels == nil ? nil : truth)),
            truth: truth.map(Truth.init), identifiers: identifiers, identifierName: options.identifier, source: file,
            notes: layout.notes)
    }

    /// The chosen columns, with the codes of those that have such. What is in a file for want of memory stays in one.
    private func choose(_ features: [Int], _ codes: [[Double: Double]?]) throws -> Matrix {
        if features.count == matrix.columnCount, codes.allSatisfy({ $0 == nil }) { return matrix }
        let width = features.count
        func write(to target: UnsafeMutableBufferPointer<Double>) {
            matrix.withUnsafeBufferPointer { source in
                let step = max(1, WrittenPages.portion / max(1, width))
                for start in stride(from: 0, to: matrix.rowCount, by: step) {
                    let end = min(start + step, matrix.rowCount)
                    for row in start..<end {
                        for (index, feature) in features.enumerated() {
                            let value = source[row * matrix.columnCount + feature]
                            target.initializeElement(
                                at: row * width + index,
                                to: codes[index].map { value.isNaN ? .nan : $0[value] ?? .nan } ?? value)
                        }
                    }
                    if matrix.isMapped {
                        WrittenPages.release(UnsafeMutableBufferPointer(rebasing: target[start * width..<end * width]))
                    }
                }
            }
        }
        if matrix.isMapped {
            return try Matrix(
                rowCount: matrix.rowCount, columnCount: width, inFolder: TemporaryFolder.path,
                initializingWith: write)
        }
        return Matrix(rowCount: matrix.rowCount, columnCount: width, initializingWith: write)
    }

    /// What a column holds, and for a category the code of each of its numbers.
    private func settle(
        _ column: Int, _ name: String, _ role: ColumnLayout.Role
    ) throws -> (Column.Kind, [Double: Double]?) {
        guard case .feature(let kind?) = role else { return (.number, nil) }
        switch kind {
        case .number: return (.number, nil)
        case .date: return (.date, nil)
        case .boolean:
            for row in 0..<matrix.rowCount {
                let value = matrix[row, column]
                if value.isNaN || value == 0 || value == 1 { continue }
                throw OutlierError(
                    .invalidValue,
                    "the column “\(name)” should hold booleans, but row \(row + 1) has \(NumericTable.text(value))",
                    location: .init(file: file))
            }
            return (.boolean, nil)
        case .category:
            let values = Set(matrix.column(column).lazy.filter { !$0.isNaN })
            let levels = Set(values.map(NumericTable.text)).sorted()
            var codes: [String: Double] = [:]
            for (index, level) in levels.enumerated() { codes[level] = Double(index) }
            var code: [Double: Double] = [:]
            for value in values { code[value] = codes[NumericTable.text(value)] }
            return (.category(levels: levels), code)
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
