import LinearAlgebra
public import OutlierCore

/// Fills missing values by predicting each column from the others, in rounds: chained regressions, as in MICE.
///
/// Missing values begin as their column's mean. In each round every column, those that lack the fewest values first, is
/// regressed on the others over the rows that have it, and its missing values become the predictions. Rounds end when no
/// row changes by more than `tolerance` times the largest value, or after `rounds`. The regression is Bayesian ridge, whose
/// penalty follows from the data (MacKay 1992), or ridge with a fixed penalty. New rows go through the same regressions.
///
/// The values are those of scikit-learn's `IterativeImputer`. Where there are more than 200 columns, each is regressed on
/// the 100 that correlate most with it, unless `nearest-columns` says otherwise.
///
///     preprocess: [standard-scaler, iterative-imputer]
///
/// O(rounds · d · n · d²) to fit for n rows and d columns, O(rounds · d²) for a new row.
///
/// S. van Buuren and K. Groothuis-Oudshoorn, “mice: Multivariate Imputation by Chained Equations in R”, Journal of
/// Statistical Software 45, 2011. D. J. C. MacKay, “Bayesian interpolation”, Neural Computation 4, 1992.
///
/// - Throws: fitting, ``OutlierError/Code/missingValue`` where a column has no value at all,
///   ``OutlierError/Code/shapeMismatch`` where there are more than 10,000 columns.
public struct IterativeImputer: Preprocessor {
    /// How a column is predicted.
    public enum Regression: String, Sendable, CaseIterable {
        case bayesianRidge = "bayesian-ridge"
        case ridge
    }

    public static let name = "iterative-imputer"
    public static let aliases = ["mice"]
    public static let summary = "Fills missing values by regressing each column on the others, in rounds."
    public static let reference: String? =
        "S. van Buuren and K. Groothuis-Oudshoorn, mice: Multivariate Imputation by Chained Equations in R, 2011"
    public static var parameters: [Parameter<IterativeImputer>] {
        [
            .integer("rounds", \.rounds, in: .between(1, 1000), "The most rounds."),
            .number(
                "tolerance", \.tolerance, in: .atLeast(0),
                "The change, as a part of the largest value, below which rounds end."),
            .choice("regression", \.regression, "How a column is predicted."),
            .number("penalty", \.penalty, in: .positive, "The penalty of the regression “ridge”."),
            .integer(
                "nearest-columns", \.nearestColumns, in: .between(1, 1000),
                null: "all; 100 where there are more than 200",
                "How many columns, those that correlate most, each is predicted from."),
        ]
    }

    public var rounds: Int
    public var tolerance: Double
    public var regression: Regression
    public var penalty: Double
    public var nearestColumns: Int?

    static let mostColumns = 10_000

    public init() { self.init(rounds: 10) }

    public init(
        rounds: Int, tolerance: Double = 1e-3, regression: Regression = .bayesianRidge, penalty: Double = 1,
        nearestColumns: Int? = nil
    ) {
        self.rounds = rounds
        self.tolerance = tolerance
        self.regression = regression
        self.penalty = penalty
        self.nearestColumns = nearestColumns
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedIterativeImputer {
        let means = try ColumnMeans.present(in: data)
        let width = data.columnCount
        guard width <= Self.mostColumns else {
            throw OutlierError(
                .shapeMismatch,
                "\(width) columns are too many to regress each on others; \(Self.mostColumns) are the most",
                suggestion: "Leave columns out first, or use {impute: {strategy: median}}.")
        }
        if width == 1 { return FittedIterativeImputer(means: means, steps: []) }
        let chain = try RegressionChain(data, means: means, imputer: self, execution: context.execution)
        var steps: [FittedIterativeImputer.Step] = []
        for round in 0..<rounds {
            let change = try chain.round(context: context, round: round) { steps.append($0) }
            if change < tolerance * chain.largest { break }
        }
        return FittedIterativeImputer(means: means, steps: steps)
    }

    /// How many columns predict one of `width`.
    func predictorCount(_ width: Int) -> Int { min(width - 1, nearestColumns ?? (width > 200 ? 100 : width - 1)) }
}

/// The regressions, in the order in which they fill a row.
public struct FittedIterativeImputer: FittedPreprocessor, MissingTolerant {
    struct Step: Sendable {
        var column: Int
        var intercept: Double
        /// The columns that predict, and their coefficients.
        var predictors: [Int32]
        var coefficients: [Double]
    }

    let means: [Double]
    let steps: [Step]

    public var featureCount: Int { means.count }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let width = data.columnCount
        let incomplete = data.matrix.withUnsafeBufferPointer { values in
            (0..<data.rowCount).filter { row in (0..<width).contains { values[row * width + $0].isNaN } }
        }
        if incomplete.isEmpty { return data }
        var matrix = data.matrix
        try matrix.withUnsafeMutableBufferPointer { values in
            let values = SharedBuffer(values)
            try execution.forEachBlock(of: incomplete.count, size: 256) { block in
                var missing = [Bool](repeating: false, count: width)
                for position in block {
                    guard let row = values.buffer.baseAddress.map({ $0 + incomplete[position] * width }) else { return }
                    for column in 0..<width {
                        missing[column] = row[column].isNaN
                        if missing[column] { row[column] = means[column] }
                    }
                    for step in steps where missing[step.column] { row[step.column] = step.value(for: row) }
                }
            }
        }
        return try data.replacing(matrix)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(means, as: "means")
        archive.store(steps.map(\.column), as: "columns")
        archive.store(steps.map(\.intercept), as: "intercepts")
        archive.store(steps.map(\.predictors.count), as: "counts")
        archive.store(steps.flatMap(\.predictors), as: "predictors")
        archive.store(steps.flatMap(\.coefficients), as: "coefficients")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        means = try archive.doubles("means")
        guard !means.isEmpty else { throw OutlierError(.invalidModel, "the imputer has no columns") }
        let columns = try archive.integers("columns", in: 0...means.count - 1)
        let intercepts = try archive.doubles("intercepts", count: columns.count)
        let counts = try archive.integers("counts", count: columns.count, in: 0...means.count)
        let total = counts.reduce(0, +)
        let predictors = try archive.int32s("predictors", count: total, in: 0...Int32(means.count - 1))
        let coefficients = try archive.doubles("coefficients", count: total)
        var start = 0
        steps = columns.indices.map { index in
            defer { start += counts[index] }
            let range = start..<start + counts[index]
            return Step(
                column: columns[index], intercept: intercepts[index], predictors: Array(predictors[range]),
                coefficients: Array(coefficients[range]))
        }
    }

    init(means: [Double], steps: [Step]) {
        self.means = means
        self.steps = steps
    }
}

extension FittedIterativeImputer.Step {
    /// The prediction from a row whose predictors are all there.
    func value(for row: UnsafePointer<Double>) -> Double {
        predictors.withUnsafeBufferPointer { predictors in
            coefficients.withUnsafeBufferPointer { coefficients in
                var sum = intercept
                for index in predictors.indices { sum += coefficients[index] * row[Int(predictors[index])] }
                return sum
            }
        }
    }
}
