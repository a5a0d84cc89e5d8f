import LinearAlgebra
public import OutlierCore

/// Leaves out near-duplicates: a column that correlates with an earlier kept one by more than a threshold, up or down.
///
///     preprocess: [{correlation: {threshold: 0.95}}]
///
/// O(n · d · kept columns). A constant column correlates with none and stays; `variance` leaves it out.
public struct CorrelationSelection: Preprocessor {
    public enum Method: String, Sendable, CaseIterable {
        /// Of the values.
        case pearson
        /// Of their ranks.
        case spearman
    }

    public static let name = "correlation"
    public static let summary = "Leaves out columns that correlate with an earlier one by more than a threshold."
    public static var parameters: [Parameter<CorrelationSelection>] {
        [
            .number(
                "threshold", \.threshold, in: .between(0, 1), "The largest correlation of two columns, up or down."),
            .choice("method", \.method, "What is correlated: values or ranks."),
        ]
    }

    public var threshold: Double
    public var method: Method

    public init() { self.init(threshold: 0.95) }

    public init(threshold: Double, method: Method = .pearson) {
        self.threshold = threshold
        self.method = method
    }

    public func train(on data: Dataset, context: FitContext) throws -> SelectedColumns {
        let columns = try StandardColumns.make(data, ranked: method == .spearman, execution: context.execution)
        let width = data.columnCount
        var kept: [Int] = []
        // A block of columns is compared with all kept before, and then within itself.
        let block = 256
        for start in stride(from: 0, to: width, by: block) {
            try context.checkCancellation()
            context.report(Double(start) / Double(width), stage: "correlating")
            let range = start..<min(start + block, width)
            var candidates = Array(range)
            for before in stride(from: 0, to: kept.count, by: 1024) where !candidates.isEmpty {
                let known = columns.selectingRows(kept[before..<min(before + 1024, kept.count)])
                let products = try product(
                    columns.selectingRows(candidates), known, transposingSecond: true, execution: context.execution)
                candidates = candidates.enumerated().filter { place, _ in
                    !(0..<known.rowCount).contains { abs(products[place, $0]) > threshold }
                }.map(\.element)
            }
            let within = try gramMatrix(columns.selectingRows(candidates), execution: context.execution)
            var chosen: [Int] = []
            for place in candidates.indices {
                if !chosen.contains(where: { abs(within[place, $0]) > threshold }) { chosen.append(place) }
            }
            kept += chosen.map { candidates[$0] }
        }
        return SelectedColumns(kept: kept, featureCount: width, takes: takes)
    }
}

/// Columns as vectors of mean 0 and length 1, whose products are correlations.
enum StandardColumns {
    /// - Returns: a row a column; zeros for a constant one.
    static func make(_ data: Dataset, ranked: Bool, execution: Execution) throws -> Matrix {
        let count = data.rowCount
        var result = Matrix(rowCount: data.columnCount, columnCount: count)
        try result.withUnsafeMutableBufferPointer { target in
            let target = SharedBuffer(target)
            try execution.forEach(data.columnCount) { column in
                var values = data.matrix.column(column)
                if ranked { values = Ranks.averaged(values) }
                let largest = values.reduce(0) { max($0, abs($1)) }
                guard largest > 0 else { return }
                let moments = Moments(values.map { $0 / largest })
                let deviation = moments.variance.squareRoot()
                guard deviation > 10 * Double.ulpOfOne * abs(moments.mean) else { return }
                let length = deviation * Double(count).squareRoot()
                for row in 0..<count {
                    target.buffer[column * count + row] = (values[row] / largest - moments.mean) / length
                }
            }
        }
        return result
    }
}
