internal import LinearAlgebra
public import OutlierCore
internal import OutlierNumerics

/// What ``LinearAutoregression`` learns: the coefficients of the past, of standardized columns.
public struct FittedLinearAutoregression: FittedDetector, OrderReading {
    /// How many points a forecast looks back.
    public let lags: Int
    let scales: ColumnScales
    /// Lag × column, the earliest lag first, by column.
    let coefficients: Matrix
    /// The root mean square of the errors of each standardized column over the training points.
    let spreads: [Double]
    /// The score of points without a forecast.
    let neutral: Double

    public var featureCount: Int { scales.means.count }

    private static let atOnce = 4_096

    /// The same with the spreads of the errors over `data`, and the median of the scores.
    func measured(on data: Dataset, context: FitContext) throws -> FittedLinearAutoregression {
        var squares = [Double](repeating: 0, count: featureCount)
        var count = 0.0
        try forEachError(of: data, execution: context.execution) { _, errors in
            for column in errors.indices { squares[column] += errors[column] * errors[column] }
            count += 1
        }
        // An exact forecast leaves rounding alone: what is no error is not to become one.
        let spreads = squares.map { max(1e-9, ($0 / max(1, count)).squareRoot()) }
        let measured = FittedLinearAutoregression(
            lags: lags, scales: scales, coefficients: coefficients, spreads: spreads, neutral: 0)
        var scores: [Double] = []
        try measured.forEachError(of: data, execution: context.execution) { _, errors in
            scores.append(measured.score(errors))
        }
        return FittedLinearAutoregression(
            lags: lags, scales: scales, coefficients: coefficients, spreads: spreads,
            neutral: scores.isEmpty ? 0 : Quantiles.median(of: scores))
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = [Double](repeating: neutral, count: data.rowCount)
        try forEachError(of: data, execution: execution) { row, errors in scores[row] = score(errors) }
        return scores
    }

    /// The forecasts of one column and the standard deviation of their errors; `NaN` for points without one. The band of 95 %
    /// is the mean ± 1.96 deviations.
    public func forecasts(of data: Dataset, column: Int) throws -> (means: [Double], deviations: [Double]) {
        try data.requireColumns(featureCount)
        var means = [Double](repeating: .nan, count: data.rowCount)
        var deviations = means
        try forEachError(of: data, execution: Execution()) { row, errors in
            means[row] = data.matrix[row, column] - errors[column] * scales.deviations[column]
            deviations[row] = spreads[column] * scales.deviations[column]
        }
        return (means, deviations)
    }

    private func score(_ errors: ArraySlice<Double>) -> Double {
        var sum = 0.0
        for (error, spread) in zip(errors, spreads) { sum += error / spread * (error / spread) }
        return (sum / Double(spreads.count)).squareRoot()
    }

    /// Calls `body` with each row that has a forecast and the errors of its standardized columns.
    private func forEachError(
        of data: Dataset, execution: Execution, _ body: (_ row: Int, _ errors: ArraySlice<Double>) -> Void
    ) throws {
        let width = featureCount
        for range in data.seriesRanges where range.count > lags {
            for first in stride(from: range.lowerBound + lags, to: range.upperBound, by: Self.atOnce) {
                try execution.checkCancellation()
                let last = min(range.upperBound, first + Self.atOnce)
                let values = scales.apply(data.matrix.rows(first - lags..<last))
                let windows = values.rows(0..<values.rowCount - 1).windows(length: lags)
                for row in first..<last {
                    // A product of its own for each point, whose bits do not depend on how many there are.
                    let past = windows.rows(row - first..<row - first + 1)
                    let errors = past.withUnsafeRows { past, _ in
                        coefficients.withUnsafeBufferPointer { coefficients in
                            var errors = values.row(row - first + lags)
                            for input in past.indices {
                                let value = past[input]
                                for column in 0..<width {
                                    errors[column] -= value * coefficients[input * width + column]
                                }
                            }
                            return errors
                        }
                    }
                    body(row, errors[...])
                }
            }
        }
    }

    init(lags: Int, scales: ColumnScales, coefficients: Matrix, spreads: [Double], neutral: Double) {
        self.lags = lags
        self.scales = scales
        self.coefficients = coefficients
        self.spreads = spreads
        self.neutral = neutral
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(lags, as: "lags")
        archive.store(scales.means, as: "means")
        archive.store(scales.deviations, as: "deviations")
        archive.store(coefficients, as: "coefficients")
        archive.store(spreads, as: "spreads")
        archive.store([neutral], as: "neutral")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let means = try archive.doubles("means")
        let width = means.count
        let deviations = try archive.doubles("deviations", count: width)
        let spreads = try archive.doubles("spreads", count: width)
        lags = try archive.integer("lags", in: 1...10_000)
        guard width > 0, let inputs = CheckedNumbers.product([lags, width]) else {
            throw OutlierError(.invalidModel, "the model has no columns")
        }
        coefficients = try archive.matrix("coefficients", rows: inputs, columns: width)
        neutral = try archive.doubles("neutral", count: 1)[0]
        let isSound =
            means.allSatisfy(\.isFinite) && (deviations + spreads).allSatisfy { $0 > 0 && $0.isFinite }
            && neutral.isFinite && coefficients.withUnsafeBufferPointer { $0.allSatisfy(\.isFinite) }
        guard isSound else { throw OutlierError(.invalidModel, "the model's numbers are out of range") }
        scales = ColumnScales(means: means, deviations: deviations)
        self.spreads = spreads
    }
}
