internal import LinearAlgebra
public import OutlierCore
internal import OutlierNumerics

/// A linear forecast of all columns from the `lags` points before: how far a point lies from it, in standard deviations; at
/// least 0. The baseline that other forecasts have to beat.
///
/// With one column it is an autoregressive process, with several a vector autoregression: each column is foretold from the
/// past of all. The coefficients are those of least squares over the standardized columns with a penalty, in closed form. The
/// score is the root of the mean over the columns of the squared errors, each in units of its root mean square over the
/// training points. It looks back only. The first `lags` points of a series have no forecast and get the median score.
///
///     {linear-autoregression: {lags: 20}}            {var: {lags: 2}}
///
/// Training O(n (lags · d)²) and O((lags · d)³); scoring O(lags · d²) a point.
///
/// C. A. Sims, “Macroeconomics and Reality”, 1980; A. E. Hoerl, R. W. Kennard, “Ridge Regression”, 1970.
///
/// - Throws: fitting, ``OutlierError/Code/notEnoughRows`` where no series has more than `lags` points.
public struct LinearAutoregression: Detector, OrderReading {
    public static let name = "linear-autoregression"
    public static let aliases = ["var", "vector-autoregression"]
    public static let summary = "Error of a linear forecast from the points before, in standard deviations."
    public static let reference: String? = "C. A. Sims: Macroeconomics and Reality, 1980"
    public static let parameters: [Parameter<LinearAutoregression>] = [
        .integer("lags", \.lags, in: .between(1, 10_000), "How many points a forecast looks back."),
        .number(
            "ridge", \.ridge, in: .above(0, upTo: 1e6),
            "Penalty on the squared coefficients of the standardized columns, a point."),
    ]

    /// How many points a forecast looks back, 1...10,000.
    public var lags: Int
    /// The penalty a training point, above 0.
    public var ridge: Double

    public init() { self.init(lags: 10) }

    public init(lags: Int, ridge: Double = 1e-4) {
        self.lags = lags
        self.ridge = ridge
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedLinearAutoregression {
        let width = data.columnCount
        let ranges = data.seriesRanges.filter { $0.count > lags }
        guard !ranges.isEmpty else {
            throw OutlierError(
                .notEnoughRows,
                "a forecast looks back \(lags) points, but the longest series has \(data.seriesRanges.map(\.count).max() ?? 0)",
                suggestion: "Lower the parameter “lags”.")
        }
        let inputs = CheckedNumbers.product([lags, width]) ?? .max
        guard Double(inputs) * Double(inputs) * 24 < MachineMemory.limit else {
            throw OutlierError(
                .invalidParameter, "\(lags) lags of \(width) columns need \(inputs) × \(inputs) numbers of memory",
                suggestion: "Lower the parameter “lags”.")
        }
        let scales = ColumnScales(data)
        let standardized = scales.apply(data.matrix)
        var products: Matrix?
        for range in ranges {
            try context.checkCancellation()
            let windows = standardized.rows(range).windows(length: lags + 1)
            var part = try scatterMatrix(of: windows, execution: context.execution)
            if let sum = products {
                part.withUnsafeMutableBufferPointer { part in
                    sum.withUnsafeBufferPointer { sum in for index in part.indices { part[index] += sum[index] } }
                }
            }
            products = part
        }
        guard let products else { throw OutlierError(.notEnoughRows, "no series is long enough") }
        let points = Double(ranges.reduce(0) { $0 + $1.count - lags })
        var normal = Matrix(rowCount: inputs, columnCount: inputs)
        var right = Matrix(rowCount: inputs, columnCount: width)
        for row in 0..<inputs {
            for column in 0..<inputs { normal[row, column] = products[row, column] }
            normal[row, row] += ridge * points
            for column in 0..<width { right[row, column] = products[row, inputs + column] }
        }
        let coefficients = try Cholesky(of: normal).solve(right)
        var model = FittedLinearAutoregression(
            lags: lags, scales: scales, coefficients: coefficients, spreads: [Double](repeating: 1, count: width),
            neutral: 0)
        model = try model.measured(on: data, context: context)
        return model
    }
}

/// The means and deviations of columns.
struct ColumnScales: Sendable {
    var means: [Double]
    /// 1 for a column that is constant.
    var deviations: [Double]

    init(means: [Double], deviations: [Double]) {
        self.means = means
        self.deviations = deviations
    }

    init(_ data: Dataset) {
        means = []
        deviations = []
        for column in 0..<data.columnCount {
            let values = data.matrix.column(column)
            let largest = values.reduce(0) { max($0, abs($1)) }
            let unit = largest > 0 ? largest : 1
            let count = Double(values.count)
            let mean = values.reduce(0) { $0 + $1 / unit } / count
            let variance = values.reduce(0) { $0 + ($1 / unit - mean) * ($1 / unit - mean) } / count
            means.append(mean * unit)
            // What differs from a constant column is far from usual, whatever the scale.
            let deviation = variance.squareRoot()
            deviations.append(deviation > 1e-12 ? deviation * unit : max(unit * 1e-6, 1e-150))
        }
    }

    func apply(_ matrix: Matrix) -> Matrix {
        let width = means.count
        return matrix.withUnsafeBufferPointer { source in
            Matrix(rowCount: matrix.rowCount, columnCount: width) { target in
                for index in source.indices {
                    let column = index % width
                    // A value far from the training ones is cut off, so that its square is a number.
                    let value = (source[index] - means[column]) / deviations[column]
                    target.initializeElement(at: index, to: max(-1e100, min(1e100, value)))
                }
            }
        }
    }
}
