/// What the columns of the training rows were like: what is usual, to hold a row against, and some rows as they were.
///
/// Taken from a random sample of at most 10,000 rows, fewer where there are many columns. A model's file holds up to 100 of
/// these rows, for explanations that change a row's values to usual ones.
public struct TrainingProfile: Sendable {
    /// The probabilities of ``quantiles(of:)``.
    public static let probabilities = [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    private static let levelLimit = 8

    /// How many rows the fit saw.
    public let rowCount: Int
    /// Columns × ``probabilities``; `NaN` in a column without any value.
    private let quantiles: Matrix
    /// The share of missing values of each column.
    public let missingShares: [Double]
    /// For each column that has few different values by its kind, the codes of the most frequent ones and their shares.
    private let frequent: [[(code: Int, share: Double)]]
    /// Some of the training rows, as they were before any preprocessing.
    public let background: Matrix

    init(_ data: Dataset, seed: UInt64, execution: Execution) throws {
        let width = max(1, data.columnCount)
        let size = min(data.rowCount, max(200, min(10_000, 2_000_000 / width)))
        var random = RandomSource(seed: seed, stream: 0x5052_4F46)
        let rows = size == data.rowCount ? Array(0..<size) : random.sample(size, below: data.rowCount)
        let sample = size == data.rowCount ? data.matrix : data.matrix.selectingRows(rows)
        var quantiles = Matrix(rowCount: data.columnCount, columnCount: Self.probabilities.count)
        var missing = [Double](repeating: 0, count: data.columnCount)
        var frequent = [[(code: Int, share: Double)]](repeating: [], count: data.columnCount)
        try quantiles.withUnsafeMutableBufferPointer { quantiles in
            let quantiles = SharedBuffer(quantiles)
            try missing.withUnsafeMutableBufferPointer { missing in
                let missing = SharedBuffer(missing)
                try frequent.withUnsafeMutableBufferPointer { frequent in
                    let frequent = SharedBuffer(frequent)
                    try execution.forEach(data.columnCount) { column in
                        var values = sample.column(column)
                        values.removeAll(where: \.isNaN)
                        missing.buffer[column] = 1 - Double(values.count) / Double(max(1, size))
                        values.sort()
                        for (position, probability) in Self.probabilities.enumerated() {
                            quantiles.buffer[column * Self.probabilities.count + position] =
                                values.isEmpty ? .nan : Self.quantile(values, probability)
                        }
                        switch data.columns[column].kind {
                        case .boolean, .category: frequent.buffer[column] = Self.frequent(values)
                        case .number, .date: break
                        }
                    }
                }
            }
        }
        self.quantiles = quantiles
        rowCount = data.rowCount
        missingShares = missing
        self.frequent = frequent
        let few = min(size, max(10, min(100, 2_000_000 / width)))
        // The sample of many rows is in random order; the rows of a small table may be sorted.
        let chosen = size == data.rowCount ? random.sample(few, below: size) : Array(0..<few)
        background = sample.selectingRows(chosen)
    }

    private static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
        let value = Quantiles.quantile(ofSorted: sorted, probability)
        // The difference of two huge values is not a number; one of them will do.
        return value.isFinite ? value : sorted[Int(probability * Double(sorted.count - 1))]
    }

    /// The most frequent codes in ascending values; the lower code first among equals.
    private static func frequent(_ sorted: [Double]) -> [(code: Int, share: Double)] {
        var counts: [(code: Int, count: Int)] = []
        for value in sorted {
            guard let code = Int(exactly: value) else { continue }
            if counts.last?.code == code {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((code, 1))
            }
        }
        let order = counts.sorted { ($1.count, $0.code) < ($0.count, $1.code) }.prefix(levelLimit)
        return order.map { ($0.code, Double($0.count) / Double(max(1, sorted.count))) }
    }

    /// The values below which ``probabilities`` of a column's values lie.
    public func quantiles(of column: Int) -> [Double] { quantiles.row(column) }

    /// What is usual in a column: where 9 of 10 values lie, or the most frequent words.
    public func usual(_ index: Int, of column: Column) -> UsualValues {
        switch column.kind {
        case .number, .date:
            let values = quantiles.row(index)
            return values[0].isNaN ? .unknown : .range(values[1]...values[5], median: values[3])
        case .boolean, .category:
            let words = frequent[index].map { UsualValues.Word(Self.word($0.code, of: column), share: $0.share) }
            return words.isEmpty ? .unknown : .words(words)
        }
    }

    static func word(_ code: Int, of column: Column) -> String {
        guard let levels = column.levels else { return code == 0 ? "false" : "true" }
        return levels.indices.contains(code) ? levels[code] : "other"
    }

    // MARK: On disk

    init(from archive: ModelArchive, columnCount: Int) throws {
        rowCount = try archive.integer("rows", in: 0...Int.max)
        let quantiles = try archive.matrix("quantiles", rows: columnCount, columns: Self.probabilities.count)
        missingShares = try archive.doubles("missing", count: columnCount)
        background = try archive.matrix("background", columns: columnCount)
        let codes = try archive.integers("codes", in: 0...Int(Int32.max))
        let shares = try archive.doubles("shares", count: codes.count)
        let counts = try archive.integers("code-counts", count: columnCount, in: 0...Self.levelLimit)
        guard counts.reduce(0, +) == codes.count,
            (0..<columnCount).allSatisfy({ column in
                let values = quantiles.row(column)
                return values.allSatisfy(\.isNaN) || zip(values, values.dropFirst()).allSatisfy { $0 <= $1 }
            })
        else { throw OutlierError(.invalidModel, "the profile of the training rows is damaged") }
        self.quantiles = quantiles
        var start = 0
        frequent = counts.map { count in
            defer { start += count }
            return (start..<start + count).map { (codes[$0], shares[$0]) }
        }
    }
}

extension TrainingProfile: Persistable {
    public func encode(to archive: inout ModelArchive) throws {
        archive.store(rowCount, as: "rows")
        archive.store(quantiles, as: "quantiles")
        archive.store(missingShares, as: "missing")
        archive.store(background, as: "background")
        archive.store(frequent.flatMap { $0.map(\.code) }, as: "codes")
        archive.store(frequent.flatMap { $0.map(\.share) }, as: "shares")
        archive.store(frequent.map(\.count), as: "code-counts")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        try self.init(from: archive, columnCount: archive.doubles("missing").count)
    }
}
