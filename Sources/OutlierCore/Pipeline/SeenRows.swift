/// The rows whose labels a fit has seen, each as a hash of its values: enough to tell them again in a table, and too little
/// to tell what they held.
struct SeenRows: Persistable, Hashable {
    /// Ascending, each once.
    private let hashes: [UInt64]

    /// The labelled rows of `data`; `nil` if there are none.
    init?(_ data: Dataset, besides others: SeenRows? = nil) {
        let labels = data.labels ?? []
        let rows = labels.indices.filter { labels[$0] != .unlabeled }
        let hashes = Set(rows.map { Self.hash($0, of: data.matrix) } + (others?.hashes ?? []))
        guard !hashes.isEmpty else { return nil }
        self.hashes = hashes.sorted()
    }

    /// For each row of `matrix`, whether there was one of the same values.
    func contains(rowsOf matrix: Matrix) -> [Bool] {
        let known = Set(hashes)
        return (0..<matrix.rowCount).map { known.contains(Self.hash($0, of: matrix)) }
    }

    /// Missing values are all one, and so are the two zeros.
    private static func hash(_ row: Int, of matrix: Matrix) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for column in 0..<matrix.columnCount {
            let value = matrix[row, column]
            hash ^= value.isNaN ? 0x7FF8_0000_0000_0000 : value == 0 ? 0 : value.bitPattern
            // The finalizer of SplitMix64 (Steele, Lea & Flood, 2014).
            hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
            hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
            hash ^= hash >> 31
            hash &+= 0x9E37_79B9_7F4A_7C15
        }
        return hash
    }

    func encode(to archive: inout ModelArchive) throws {
        archive.store(hashes.map { Int(bitPattern: UInt($0)) }, as: "rows")
    }

    init(from archive: ModelArchive, registry: Registry) throws { try self.init(from: archive) }

    private init(from archive: ModelArchive) throws {
        let hashes = try archive.integers("rows").map { UInt64(UInt(bitPattern: $0)) }
        guard !hashes.isEmpty, zip(hashes, hashes.dropFirst()).allSatisfy(<) else {
            throw OutlierError(.invalidModel, "the rows whose labels the fit has seen are not in order")
        }
        self.hashes = hashes
    }

    /// `nil` if the archive holds nothing.
    init?(ifIn archive: ModelArchive) throws {
        guard archive.hasTensor("rows") else { return nil }
        try self.init(from: archive)
    }
}

extension FittedPipeline {
    /// For each row, whether the fit has seen the label of a row with the same values. By such rows a model is not to be
    /// measured: it was told the answer. `nil` if the fit has seen no labels, or if the model is of a version that did not
    /// remember them.
    ///
    /// - Throws: ``OutlierError/Code/columnMismatch`` if the columns are not those of the fit.
    public func hasSeenLabels(of data: Dataset) throws -> [Bool]? {
        try seenRows?.contains(rowsOf: ColumnAlignment.align(data, to: columns).matrix)
    }
}
