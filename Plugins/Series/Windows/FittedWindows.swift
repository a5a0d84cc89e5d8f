public import OutlierCore

/// What ``Windows`` learns: the model of the windows.
public struct FittedWindows: FittedDetector, OrderReading {
    /// Windows that are scored at a time: enough to keep all threads busy, few enough to be copied.
    private static let mostValuesAtOnce = 1 << 22

    let table: WindowTable
    let points: WindowPlacement
    /// The score of points that lie in no window.
    let neutral: Double
    /// The name under which the registry loads the model.
    let name: String
    let model: any FittedDetector

    /// Points in a window.
    public var length: Int { table.length }
    public var featureCount: Int { table.columns.count }
    /// What the model of the windows takes, and the order of the rows.
    public var takes: RowTraits { model.takes.union(.order) }

    init(table: WindowTable, points: WindowPlacement, neutral: Double, name: String, model: any FittedDetector) {
        self.table = table
        self.points = points
        self.neutral = neutral
        self.name = name
        self.model = model
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let columns = table.windowColumns
        let atOnce = max(1, FittedWindows.mostValuesAtOnce / max(1, columns.count))
        var scores: [Double] = []
        scores.reserveCapacity(data.rowCount)
        for range in data.seriesRanges {
            let rows = data.matrix.rows(range)
            let count = table.count(of: range.count)
            var windows: [Double] = []
            windows.reserveCapacity(count)
            for first in stride(from: 0, to: count, by: atOnce) {
                try execution.checkCancellation()
                let part = table.windows(of: rows, first..<min(count, first + atOnce))
                do {
                    windows += try model.scores(of: Dataset(part, columns: columns), execution: execution).values
                } catch var error as OutlierError {
                    error.component = error.component ?? name
                    throw error
                }
            }
            scores += points.points(windows, length: length, count: range.count, neutral: neutral)
        }
        return scores
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(length, as: "length")
        archive.store(.boolean(table.normalizes), as: "normalize")
        archive.store(points.rawValue, as: "points")
        archive.store([neutral], as: "neutral")
        archive.store(.array(table.columns.map { .string($0.name) }), as: "columns")
        archive.store(name, as: "detector")
        try archive.store(model, as: "model")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let names = try archive.value("columns").array?.map(\.string), !names.isEmpty,
            let normalizes = try archive.value("normalize").bool,
            let points = WindowPlacement(rawValue: try archive.string("points"))
        else { throw OutlierError(.invalidModel, "the windows are not described as this version knows them") }
        let columns = try names.map { name in
            guard let name else { throw OutlierError(.invalidModel, "a column has no name") }
            return Column(name)
        }
        let length = try archive.integer("length", in: 1...Int(Int32.max))
        name = try archive.string("detector")
        model = try registry.loadDetector(name, from: archive.child("model"))
        guard model.featureCount == length.multipliedReportingOverflow(by: columns.count).partialValue else {
            throw OutlierError(.invalidModel, "the model's columns are not those of the windows")
        }
        neutral = try archive.doubles("neutral", count: 1)[0]
        guard neutral.isFinite else { throw OutlierError(.invalidModel, "“neutral” is not a finite number") }
        table = WindowTable(length: length, normalizes: normalizes, columns: columns)
        self.points = points
    }
}
