public import OutlierCore

/// What ``ARIMA`` learns: a process for each column.
public struct FittedARIMA: FittedDetector, MissingTolerant, OrderReading {
    let processes: [ARIMAProcess]
    /// The score of points without a forecast or a value.
    let neutral: Double

    public var featureCount: Int { processes.count }

    /// The orders p, d, q, P, D and Q of each column.
    public var orders: [[Int]] { processes.map(\.orders.list) }

    /// The logarithm of the likelihood of each column's differences, at the fit.
    public var logLikelihoods: [Double] { processes.map(\.logLikelihood) }

    init(processes: [ARIMAProcess], neutral: Double) {
        self.processes = processes
        self.neutral = neutral
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try errors(of: data, execution: execution).map { $0.isNaN ? neutral : $0 }
    }

    /// The forecast of each value of one column before it is seen, and the standard deviation of its error; `NaN` where there
    /// is none. The band of 95 % is the mean ± 1.96 deviations.
    public func forecasts(of data: Dataset, column: Int) throws -> (means: [Double], deviations: [Double]) {
        try data.requireColumns(featureCount)
        var means: [Double] = []
        var deviations: [Double] = []
        for range in data.seriesRanges {
            let part = processes[column].forecasts(data.matrix.column(column, in: range))
            means += part.means
            deviations += part.deviations
        }
        return (means, deviations)
    }

    /// One standardized error a point, `NaN` where no column has one.
    func errors(of data: Dataset, execution: Execution) throws -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(data.rowCount)
        for range in data.seriesRanges {
            try execution.checkCancellation()
            var squares = [Double](repeating: 0, count: range.count)
            var counts = squares
            for (column, process) in processes.enumerated() {
                let values = data.matrix.column(column, in: range)
                let (means, deviations) = process.forecasts(values)
                for point in values.indices {
                    let error = (values[point] - means[point]) / deviations[point]
                    if error.isNaN { continue }
                    squares[point] += error * error
                    counts[point] += 1
                }
            }
            for point in squares.indices {
                result.append(
                    counts[point] == 0
                        ? .nan : min(.greatestFiniteMagnitude, (squares[point] / counts[point]).squareRoot()))
            }
        }
        return result
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store([neutral], as: "neutral")
        archive.store(processes.flatMap { $0.orders.list + [$0.orders.period] }, as: "orders")
        for (index, process) in processes.enumerated() {
            archive.store(process.polynomials.autoregressive, as: "ar-\(index)")
            archive.store(process.polynomials.movingAverage, as: "ma-\(index)")
            archive.store([process.mean, process.variance, process.logLikelihood], as: "numbers-\(index)")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let orders = try archive.integers("orders", in: 0...1_000)
        guard !orders.isEmpty, orders.count.isMultiple(of: 7) else {
            throw OutlierError(.invalidModel, "the orders are not seven numbers a column")
        }
        neutral = try archive.doubles("neutral", count: 1)[0]
        processes = try (0..<orders.count / 7).map { index in
            let orders = try ARIMAOrders(list: Array(orders[7 * index..<7 * index + 7]))
            let polynomials = ARMAPolynomials(
                autoregressive: try archive.doubles(
                    "ar-\(index)", count: orders.autoregressive + orders.seasonalAutoregressive * orders.period),
                movingAverage: try archive.doubles(
                    "ma-\(index)", count: orders.movingAverage + orders.seasonalMovingAverage * orders.period))
            let numbers = try archive.doubles("numbers-\(index)", count: 3)
            let all = polynomials.autoregressive + polynomials.movingAverage + numbers.prefix(2)
            guard all.allSatisfy(\.isFinite), numbers[1] > 0, ARMAFilter(polynomials) != nil else {
                throw OutlierError(.invalidModel, "the coefficients of column \(index + 1) are those of no process")
            }
            return ARIMAProcess(
                orders: orders, polynomials: polynomials, mean: numbers[0], variance: numbers[1],
                logLikelihood: numbers[2])
        }
        guard neutral.isFinite else { throw OutlierError(.invalidModel, "“neutral” is not a finite number") }
    }
}

extension ARIMAOrders {
    /// p, d, q, P, D, Q.
    var list: [Int] {
        [
            autoregressive, differences, movingAverage, seasonalAutoregressive, seasonalDifferences,
            seasonalMovingAverage,
        ]
    }

    /// - Parameter list: those of ``list``, and the period.
    init(list: [Int]) throws {
        guard list.count == 7, list[6] >= 1, list[1] <= 2, list[4] <= 2, list[0] <= 20, list[2] <= 20, list[3] <= 5,
            list[5] <= 5
        else { throw OutlierError(.invalidModel, "the orders are out of range") }
        self.init(
            autoregressive: list[0], differences: list[1], movingAverage: list[2], seasonalAutoregressive: list[3],
            seasonalDifferences: list[4], seasonalMovingAverage: list[5], period: list[6])
    }
}
