public import OutlierCore

extension PatchCore: Detector {
    public static let name = "patchcore"
    public static let summary = "How far patches are from those of normal pictures."
    public static let reference: String? =
        "Roth, Pemula, Zepeda, Schölkopf, Brox, Gehler: Towards total recall in industrial anomaly detection, 2022"
    public static var parameters: [Parameter<PatchCore>] {
        [
            .number("coreset", \.coreset, in: .above(0, upTo: 1), "The share of the training patches that is kept."),
            .integer("coreset-limit", \.coresetLimit, in: .atLeast(1), "The most patches that are kept."),
            .integer("neighbors", \.neighbors, in: .atLeast(1), "How many neighbours weight a picture's score."),
            .integer("projection", \.projection, in: .between(1, 4096), "Dimensions in which the coreset is chosen."),
        ]
    }

    public init() { self.init(coreset: 0.01) }

    /// Rows are patches.
    public func train(on data: Dataset, context: FitContext) throws -> FittedPatchCore {
        let values = Self.floats(data)
        return try fit(patches: values, count: data.rowCount, width: data.columnCount, context: context)
    }

    static func floats(_ data: Dataset) -> [Float] {
        data.matrix.withUnsafeBufferPointer { $0.map { Float($0) } }
    }
}

extension FittedPatchCore: FittedDetector {
    public var featureCount: Int { width }

    /// The distance of each row to the nearest that was kept.
    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let rows = PatchRows(rows: data.rowCount, columns: 1, width: data.columnCount, values: PatchCore.floats(data))
        return try score(rows).map.values.map(Double.init)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(bank, as: "bank")
        archive.store(width, as: "width")
        archive.store(neighbors, as: "neighbors")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let width = try archive.integer("width", in: 1...1_000_000)
        let bank = try archive.floats("bank")
        guard !bank.isEmpty, bank.count % width == 0, bank.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the patches of the model are damaged")
        }
        self.init(bank: bank, width: width, neighbors: try archive.integer("neighbors", in: 1...Int.max))
    }
}
