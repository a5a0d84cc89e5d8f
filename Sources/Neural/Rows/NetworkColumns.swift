package import OutlierCore

/// The columns of a fit as networks see them: names, the scales of the numbers, the words of the categories and how long
/// their vectors are.
package struct NetworkColumns: Sendable {
    /// How numbers are brought to one scale.
    package enum Scale: Sendable {
        /// Mean 0 and variance 1.
        case standard
        /// 0 at the least value, 1 at the largest.
        case unitRange
        /// As they are.
        case unchanged
    }

    /// The most words that a category may have: each one has an output of the decoder.
    package static let mostWords = 65_535
    /// What the layer that makes vectors of categories is called.
    package static let embeddingName = "categories"

    package let columns: [Column]
    /// Categories keep their codes.
    package let scaling: ColumnScaling
    /// For each category column, how many numbers its vectors have.
    private let dimensions: [Int]
    package let layout: RowLayout
    /// The mean of each column of numbers over the rows of the fit, and the most common word of each category.
    package let usual: [Double]

    private init(_ columns: [Column], scaling: ColumnScaling, dimensions: [Int], usual: [Double]? = nil) {
        self.usual = usual ?? scaling.centers
        self.columns = columns
        self.scaling = scaling
        self.dimensions = dimensions
        layout = RowLayout(
            width: columns.count,
            groups: columns.enumerated().compactMap { index, column in
                column.levels.map { RowLayout.Group(column: index, slots: $0.count + 1) }
            })
    }

    /// - Throws: ``OutlierError/Code/columnMismatch`` where a category has too many words, `CancellationError`.
    package init(of data: Dataset, scale: Scale, execution: Execution) throws {
        for column in data.columns {
            guard let levels = column.levels, levels.count > NetworkColumns.mostWords else { continue }
            throw OutlierError(
                .columnMismatch,
                "the column “\(column.name)” has \(levels.count) words, but at most \(NetworkColumns.mostWords) can be learnt",
                suggestion: "Ignore it, or turn it into numbers first (“frequency”).")
        }
        let scaling =
            switch scale {
            case .standard: try ColumnScaling(standardizing: data.matrix, execution: execution)
            case .unitRange: ColumnScaling(unitRange: data.matrix)
            case .unchanged: ColumnScaling(identity: data.columnCount)
            }
        self.init(
            data.columns,
            scaling: ColumnScaling(
                centers: zip(data.columns, scaling.centers).map { $0.levels == nil ? $1 : 0 },
                scales: zip(data.columns, scaling.scales).map { $0.levels == nil ? $1 : 1 }),
            dimensions: data.columns.compactMap { column in
                column.levels.map { CategoryEmbedding.Category.dimension(levels: $0.count) }
            },
            usual: data.columns.indices.map { column in
                data.columns[column].levels == nil
                    ? Self.mean(data.matrix, column) : Self.mostCommon(data.matrix, column)
            })
    }

    private static func mean(_ matrix: Matrix, _ column: Int) -> Double {
        var mean = 0.0
        for row in 0..<matrix.rowCount {
            mean += matrix[row, column] / Double(row + 1) - mean / Double(row + 1)
        }
        return mean
    }

    /// Of several that are equally common, the first.
    private static func mostCommon(_ matrix: Matrix, _ column: Int) -> Double {
        var counts: [Double: Int] = [:]
        for row in 0..<matrix.rowCount where !matrix[row, column].isNaN { counts[matrix[row, column], default: 0] += 1 }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? 0
    }

    /// Columns of numbers that are left as they are.
    package init(numbers width: Int) {
        self.init(
            (0..<width).map { Column("\($0 + 1)") }, scaling: ColumnScaling(identity: width), dimensions: [])
    }

    package var width: Int { columns.count }
    package var names: [String] { columns.map(\.name) }

    private var categories: [CategoryEmbedding.Category] {
        zip(layout.groups, dimensions).map {
            CategoryEmbedding.Category(column: $0.column, levels: $0.slots - 1, dimension: $1)
        }
    }

    /// How many numbers a row has once categories are vectors.
    package var embeddedCount: Int { layout.numbers.count + dimensions.reduce(0, +) }

    /// The layer that makes vectors of categories; `nil` where there are none.
    package var embedding: CategoryEmbedding? {
        layout.isMixed ? CategoryEmbedding(columns: width, categories: categories) : nil
    }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where there are categories.
    package func requireNumbers(_ parameter: String) throws {
        guard let group = layout.groups.first else { return }
        throw OutlierError(
            .invalidParameter,
            "“\(parameter)” is for columns of numbers, but “\(columns[group.column].name)” holds words",
            suggestion: "Leave “\(parameter)” out, or put the preprocessor “one-hot” before the detector.",
            path: [parameter])
    }

    // MARK: - Rows

    /// The rows of data that have these columns, words by the codes of the fit.
    ///
    /// - Throws: ``OutlierError/Code/columnMismatch`` where a column holds words and should not, or the other way.
    package func matrix(of data: Dataset) throws -> Matrix {
        try data.requireColumns(width)
        var matrix = data.matrix
        for (index, (given, own)) in zip(data.columns, columns).enumerated() {
            guard (given.levels == nil) == (own.levels == nil) else {
                throw OutlierError(
                    .columnMismatch,
                    "the column “\(given.name)” holds \(given.levels == nil ? "numbers" : "words"), but “\(own.name)” of the fit held \(own.levels == nil ? "numbers" : "words")"
                )
            }
            if let words = given.levels, let levels = own.levels, words != levels {
                let codes = Dictionary(zip(levels, levels.indices), uniquingKeysWith: { first, _ in first })
                let map = words.map { Double(codes[$0] ?? levels.count) }
                for row in 0..<matrix.rowCount {
                    let code = Int(exactly: matrix[row, index]) ?? -1
                    matrix[row, index] = map.indices.contains(code) ? map[code] : Double(levels.count)
                }
            }
        }
        return matrix
    }

    // MARK: - Going on from another fit

    /// The same columns, where those that `former` has too keep its scale and the length of its vectors.
    ///
    /// - Parameter places: for each column its place in `former`, or `nil`.
    /// - Throws: ``OutlierError/Code/columnMismatch`` where a column held words and now holds numbers, or the other way.
    func keeping(_ former: NetworkColumns, places: [Int?]) throws -> NetworkColumns {
        for (column, place) in zip(columns, places) {
            guard let place, (former.columns[place].levels == nil) != (column.levels == nil) else { continue }
            throw OutlierError(
                .columnMismatch,
                "the column “\(column.name)” holds \(column.levels == nil ? "numbers" : "words"), but in the model to begin with it held \(column.levels == nil ? "words" : "numbers")"
            )
        }
        func formerDimension(_ place: Int) -> Int? {
            former.layout.groups.firstIndex { $0.column == place }.map { former.dimensions[$0] }
        }
        return NetworkColumns(
            columns,
            scaling: ColumnScaling(
                centers: zip(places, scaling.centers).map { $0.map { former.scaling.centers[$0] } ?? $1 },
                scales: zip(places, scaling.scales).map { $0.map { former.scaling.scales[$0] } ?? $1 }),
            dimensions: zip(layout.groups, dimensions).map { group, own in
                places[group.column].flatMap(formerDimension) ?? own
            }, usual: usual)
    }

    /// Where the numbers of each column's vector (or the number itself) begin once categories are vectors, and how many
    /// they are.
    var embeddedRanges: [Range<Int>] {
        ranges(lengths: dimensions)
    }

    /// Likewise for the outputs of a decoder.
    var outputRanges: [Range<Int>] {
        ranges(lengths: layout.groups.map(\.slots))
    }

    private func ranges(lengths: [Int]) -> [Range<Int>] {
        var result = [Range<Int>](repeating: 0..<0, count: width)
        for (place, column) in layout.numbers.enumerated() { result[column] = place..<place + 1 }
        var start = layout.numbers.count
        for (group, length) in zip(layout.groups, lengths) {
            result[group.column] = start..<start + length
            start += length
        }
        return result
    }

    // MARK: - On disk

    package func encode(to archive: inout ModelArchive) {
        scaling.encode(to: &archive)
        archive.store(.array(columns.map(\.value)), as: "columns")
        archive.store(dimensions, as: "dimensions")
        archive.store(usual, as: "usual")
    }

    /// - Throws: ``OutlierError/Code/invalidModel``.
    package init(from archive: ModelArchive) throws {
        let scaling = try ColumnScaling(from: archive)
        let columns = try (archive.value("columns").array ?? []).map { try Column(value: $0) }
        let dimensions = try archive.integers("dimensions", in: 1...65_536)
        guard columns.count == scaling.width, dimensions.count == columns.count(where: { $0.levels != nil }),
            columns.allSatisfy({ $0.levels?.count ?? 0 <= NetworkColumns.mostWords })
        else { throw OutlierError(.invalidModel, "the model's columns do not fit their scales") }
        // Models of earlier versions do not know it.
        let usual = archive.hasTensor("usual") ? try archive.doubles("usual", count: columns.count) : nil
        self.init(columns, scaling: scaling, dimensions: dimensions, usual: usual)
        guard !layout.isMixed || embedding != nil else {
            throw OutlierError(.invalidModel, "the model's categories are unusable")
        }
    }
}
