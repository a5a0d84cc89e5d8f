public import OutlierCore

/// Volatility that comes in clusters: how far a value lies from the mean, in standard deviations of its time; at least 0.
///
/// A GARCH(p, q) process with a constant mean: the variance of a value follows from the squares and the variances before it,
/// and the score is the absolute standardized residual. So a large move counts less in a wild time. The parameters are those of
/// the greatest likelihood, with normal or Student's t innovations. It looks back only. Columns are fitted each on its own;
/// of several, the score is the root of the mean squared residual. Several series share their parameters. A series of prices
/// is to be differenced first.
///
///     {garch: {shocks: 1, memory: 1, distribution: t}}
///
/// Fitting: O(n (p + q)) a likelihood, of which there are some hundred; scoring O(n (p + q)). The variance before the
/// beginning of a series is a weighted mean of the first 75 squares of the training series, as in PyPI's arch.
///
/// T. Bollerslev, “Generalized Autoregressive Conditional Heteroskedasticity”, 1986.
public struct GARCH: Detector, OrderReading {
    public static let name = "garch"
    public static let summary =
        "Distance from the mean in standard deviations that follow the volatility of the series."
    public static let reference: String? =
        "T. Bollerslev: Generalized Autoregressive Conditional Heteroskedasticity, 1986"
    public static let parameters: [Parameter<GARCH>] = [
        .integer("shocks", \.shocks, in: .between(1, 10), "How many squares before a value its variance follows, p."),
        .integer("memory", \.memory, in: .between(0, 10), "How many variances before a value its variance follows, q."),
        .choice("distribution", \.distribution, "The distribution of the standardized residuals: normal or t."),
    ]

    /// p, 1...10.
    public var shocks: Int
    /// q, 0...10.
    public var memory: Int
    public var distribution: InnovationDistribution

    public init() { self.init(shocks: 1) }

    public init(shocks: Int, memory: Int = 1, distribution: InnovationDistribution = .normal) {
        self.shocks = shocks
        self.memory = memory
        self.distribution = distribution
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedGARCH {
        FittedGARCH(
            processes: try (0..<data.columnCount).map { column in
                let series = data.seriesRanges.map { data.matrix.column(column, in: $0) }
                let part = context.part(column)
                let fitted = try GARCHProcess.fit(
                    series, shocks: shocks, memory: memory, distribution: distribution, context: part)
                return fitted ?? .constant(series.flatMap { $0 }, shocks: shocks, memory: memory)
            })
    }
}

/// What ``GARCH`` learns: a process for each column.
public struct FittedGARCH: FittedDetector, OrderReading {
    let processes: [GARCHProcess]

    public var featureCount: Int { processes.count }

    /// The logarithm of the likelihood of each column at the fit.
    public var logLikelihoods: [Double] { processes.map(\.logLikelihood) }

    init(processes: [GARCHProcess]) { self.processes = processes }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = [Double](repeating: 0, count: data.rowCount)
        for range in data.seriesRanges {
            try execution.checkCancellation()
            for (column, process) in processes.enumerated() {
                process.run(data.matrix.column(column, in: range)) { index, error, variance in
                    let residual = error / variance.squareRoot()
                    // Where both overflow, nothing is foretold any more.
                    let square = residual.isNaN ? 1 : min(residual * residual, 1e300)
                    scores[range.lowerBound + index] += square / Double(processes.count)
                }
            }
        }
        return scores.map { $0.squareRoot() }
    }

    /// The mean and the standard deviation of each value of one column, known before it is seen. The band of 95 % is the mean
    /// ± 1.96 deviations.
    public func forecasts(of data: Dataset, column: Int) throws -> (means: [Double], deviations: [Double]) {
        try data.requireColumns(featureCount)
        var deviations: [Double] = []
        for range in data.seriesRanges {
            processes[column].run(data.matrix.column(column, in: range)) { _, _, variance in
                deviations.append(variance.squareRoot())
            }
        }
        return ([Double](repeating: processes[column].mean, count: deviations.count), deviations)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(processes.count, as: "columns")
        for (index, process) in processes.enumerated() {
            archive.store(
                [process.mean, process.constant, process.freedom ?? 0, process.before, process.logLikelihood],
                as: "numbers-\(index)")
            archive.store(process.shocks, as: "shocks-\(index)")
            archive.store(process.memory, as: "memory-\(index)")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let count = try archive.integer("columns", in: 1...Int(Int32.max))
        processes = try (0..<count).map { index in
            let numbers = try archive.doubles("numbers-\(index)", count: 5)
            let shocks = try archive.doubles("shocks-\(index)")
            let memory = try archive.doubles("memory-\(index)")
            let isSound =
                (numbers.prefix(4) + shocks + memory).allSatisfy(\.isFinite) && numbers[1] > 0 && numbers[3] > 0
                && (shocks + memory).allSatisfy { $0 >= 0 } && (numbers[2] == 0 || numbers[2] > 2)
                && !shocks.isEmpty && shocks.count <= 10 && memory.count <= 10
            guard isSound else {
                throw OutlierError(.invalidModel, "the numbers of column \(index + 1) are those of no process")
            }
            return GARCHProcess(
                mean: numbers[0], constant: numbers[1], shocks: shocks, memory: memory,
                freedom: numbers[2] == 0 ? nil : numbers[2], before: numbers[3], logLikelihood: numbers[4])
        }
    }
}

extension GARCHProcess {
    /// The process of values that do not vary, or of too few.
    static func constant(_ values: [Double], shocks: Int, memory: Int) -> GARCHProcess {
        let mean = values.first ?? 0
        let spread = values.map { abs($0 - mean) }.max() ?? 0
        let scale = min(1e150, max(spread, 1e-6 * abs(mean), 1e-150))
        return GARCHProcess(
            mean: mean, constant: scale * scale, shocks: [Double](repeating: 0, count: shocks),
            memory: [Double](repeating: 0, count: memory), freedom: nil, before: scale * scale, logLikelihood: 0)
    }
}
