public import OutlierCore

extension PaDiM: Detector {
    public static let name = "padim"
    public static let summary = "How far each place of a picture is from the normal distribution of that place."
    public static let reference: String? =
        "Defard, Setkov, Loesch, Audigier: PaDiM: a patch distribution modeling framework for anomaly detection and localization, 2021"
    public static var parameters: [Parameter<PaDiM>] {
        [
            .integer("channels", \.channels, in: .between(1, 4096), "How many channels are drawn."),
            .number("regularization", \.regularization, in: .above(0), "What is added to each variance."),
        ]
    }

    public init() { self.init(channels: 100) }

    /// Rows are what one place shows in many pictures.
    public func train(on data: Dataset, context: FitContext) throws -> FittedPaDiM {
        let values = PatchCore.floats(data)
        let width = data.columnCount
        return try fit(count: data.rowCount, width: width, context: context) { row, _ in
            PatchRows(rows: 1, columns: 1, width: width, values: Array(values[row * width..<(row + 1) * width]))
        }
    }
}

extension FittedPaDiM: FittedDetector {
    public var featureCount: Int { sourceWidth }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let values = PatchCore.floats(data)
        let width = data.columnCount
        return try (0..<data.rowCount).map { row in
            let one = PatchRows(
                rows: 1, columns: 1, width: width, values: Array(values[row * width..<(row + 1) * width]))
            return Double(try score(one).values.first ?? 0)
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(rows, as: "rows")
        archive.store(columns, as: "columns")
        archive.store(channels, as: "channels")
        archive.store(sourceWidth, as: "width")
        archive.store(means, as: "means")
        archive.store(factors, as: "factors")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try archive.integer("rows", in: 1...16_384)
        let columns = try archive.integer("columns", in: 1...16_384)
        let width = try archive.integer("width", in: 1...1_000_000)
        let channels = try archive.integers("channels", in: 0...width - 1)
        let places = rows * columns
        guard !channels.isEmpty, channels.count <= 65_536 else {
            throw OutlierError(.invalidModel, "the channels of the model are damaged")
        }
        let means = try archive.floats("means", count: places * channels.count)
        let factors = try archive.floats("factors", count: places * (channels.count * (channels.count + 1) / 2))
        guard means.allSatisfy(\.isFinite), factors.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the distributions of the model are damaged")
        }
        self.init(
            rows: rows, columns: columns, channels: channels, sourceWidth: width, means: means, factors: factors)
    }
}
