import OutlierCore

/// How far values lie outside an interval of each column, in units of each column.
struct ColumnDeviations: Sendable {
    private(set) var lower: [Double]
    private(set) var upper: [Double]
    /// Positive and finite.
    private(set) var scales: [Double]
    let aggregation: ColumnAggregation

    var columnCount: Int { lower.count }

    /// Sets each column's interval to one number, and its scale, where the arrays are.
    mutating func replace(_ values: (Int) -> (center: Double, scale: Double)) {
        for column in lower.indices {
            let (center, scale) = values(column)
            lower[column] = center
            upper[column] = center
            scales[column] = scale
        }
    }

    func scores(of data: Dataset, execution: Execution) throws -> [Double] {
        let width = columnCount
        return try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            return try execution.map(data.rowCount, blockSize: 4096) { rows, scores in
                for row in rows {
                    var result = 0.0
                    for column in 0..<width {
                        let term = deviation(table.buffer[row * width + column], column)
                        result = aggregation == .maximum ? max(result, term) : result + term
                    }
                    scores[row - rows.lowerBound] = aggregation == .mean ? result / Double(width) : result
                }
            }
        }
    }

    /// The deviation of each column.
    func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let width = columnCount
        return try data.matrix.withUnsafeBufferPointer { table in
            let table = SharedReadBuffer(table)
            let values = try execution.map(data.rowCount * width, blockSize: 4096 * width) { range, result in
                for index in range { result[index - range.lowerBound] = deviation(table.buffer[index], index % width) }
            }
            return try Matrix(rowCount: data.rowCount, columnCount: width, values: values)
        }
    }

    private func deviation(_ value: Double, _ column: Int) -> Double {
        max(lower[column] - value, value - upper[column], 0) / scales[column]
    }

    func encode(to archive: inout ModelArchive) {
        archive.store(lower, as: "lower")
        archive.store(upper, as: "upper")
        archive.store(scales, as: "scales")
        archive.store(aggregation.rawValue, as: "aggregation")
    }

    init(from archive: ModelArchive) throws {
        lower = try archive.doubles("lower")
        upper = try archive.doubles("upper", count: lower.count)
        scales = try archive.doubles("scales", count: lower.count)
        guard lower.allSatisfy(\.isFinite), upper.allSatisfy(\.isFinite), !lower.isEmpty,
            scales.allSatisfy({ $0 > 0 && $0.isFinite })
        else { throw OutlierError(.invalidModel, "the model's columns have no usable scales") }
        aggregation = try ColumnAggregation(from: archive)
    }

    init(lower: [Double], upper: [Double], scales: [Double], aggregation: ColumnAggregation) {
        self.lower = lower
        self.upper = upper
        self.scales = scales
        self.aggregation = aggregation
    }
}

extension ColumnAggregation {
    init(from archive: ModelArchive) throws {
        guard let aggregation = ColumnAggregation(rawValue: try archive.string("aggregation")) else {
            throw OutlierError(.invalidModel, "the model's aggregation is not known")
        }
        self = aggregation
    }
}
