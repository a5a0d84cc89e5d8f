import LinearAlgebra
import OutlierCore

/// The table of an ``IterativeImputer`` while it is being filled.
final class RegressionChain {
    private let imputer: IterativeImputer
    private let width: Int
    private let rowCount: Int
    /// The table, filled; behind its columns one of ones, whose products are the sums of the others.
    private var table: Matrix
    /// The rows that lack each column.
    private let missingRows: [[Int32]]
    /// 1 for a row that has the column, else 0: one list a column that lacks any value.
    private let order: [Int]
    private let centers: [Double]
    /// The columns that predict each.
    private let predictors: [[Int32]]
    /// The largest magnitude of a value that is there.
    let largest: Double

    init(_ data: Dataset, means: [Double], imputer: IterativeImputer, execution: Execution) throws {
        self.imputer = imputer
        width = data.columnCount
        rowCount = data.rowCount
        var missing = [[Int32]](repeating: [], count: width)
        var largest = 0.0
        let (width, rowCount) = (width, rowCount)
        table = data.matrix.withUnsafeBufferPointer { source in
            Matrix(rowCount: rowCount, columnCount: width + 1) { target in
                for row in 0..<rowCount {
                    for column in 0..<width {
                        let value = source[row * width + column]
                        if value.isNaN { missing[column].append(Int32(row)) }
                        largest = abs(value) > largest ? abs(value) : largest
                        target.initializeElement(
                            at: row * (width + 1) + column, to: value.isNaN ? means[column] : value)
                    }
                    target.initializeElement(at: row * (width + 1) + width, to: 1)
                }
            }
        }
        missingRows = missing
        self.largest = largest
        centers = means + [0]
        order = (0..<width).sorted { (missing[$0].count, $0) < (missing[$1].count, $1) }
        let count = imputer.predictorCount(width)
        if count == width - 1 {
            predictors = (0..<width).map { column in (0..<width).filter { $0 != column }.map(Int32.init) }
        } else {
            let scatter = try scatterMatrix(of: table, centers: centers, execution: execution)
            predictors = (0..<width).map { Self.mostCorrelated(with: $0, of: width, count: count, scatter) }
        }
    }

    private static func mostCorrelated(with column: Int, of width: Int, count: Int, _ scatter: Matrix) -> [Int32] {
        func strength(_ other: Int) -> Double {
            let own = scatter[other, other]
            return own > 0 ? abs(scatter[column, other]) / own.squareRoot() : 0
        }
        let strengths = (0..<width).map(strength)
        let others = (0..<width).filter { $0 != column }.sorted { (strengths[$1], $0) < (strengths[$0], $1) }
        return others.prefix(count).sorted().map(Int32.init)
    }

    /// One regression a column.
    ///
    /// - Returns: the most that the values of a row changed together.
    func round(
        context: FitContext, round: Int, _ body: (FittedIterativeImputer.Step) -> Void
    ) throws -> Double {
        var changes = [Double](repeating: 0, count: rowCount)
        for (position, column) in order.enumerated() {
            try context.checkCancellation()
            context.report(
                (Double(round) + Double(position) / Double(width)) / Double(imputer.rounds), stage: "imputing")
            let step = try step(column, execution: context.execution)
            body(step)
            fill(step, &changes)
        }
        return changes.max() ?? 0
    }

    private func fill(_ step: FittedIterativeImputer.Step, _ changes: inout [Double]) {
        let stride = width + 1
        table.withUnsafeMutableBufferPointer { values in
            guard let base = values.baseAddress else { return }
            for row in missingRows[step.column] {
                let start = base + Int(row) * stride
                let value = step.value(for: start)
                changes[Int(row)] += abs(value - start[step.column])
                start[step.column] = value
            }
        }
    }

    private func step(_ column: Int, execution: Execution) throws -> FittedIterativeImputer.Step {
        let names = predictors[column]
        let present = rowCount - missingRows[column].count
        let moments = try self.moments(of: column, names, execution: execution)
        let fit =
            switch imputer.regression {
            case .bayesianRidge: try BayesianRidge.fit(moments.products, moments.target, moments.square, present)
            case .ridge: try BayesianRidge.ridge(moments.products, moments.target, penalty: imputer.penalty)
            }
        var intercept = moments.targetMean
        for (coefficient, mean) in zip(fit, moments.means) { intercept -= coefficient * mean }
        guard intercept.isFinite, fit.allSatisfy(\.isFinite) else {
            throw OutlierError(
                .numericalFailure, "a regression has no finite solution: values are too large or too far apart",
                suggestion: "Put the preprocessor “standard-scaler” first.")
        }
        return .init(column: column, intercept: intercept, predictors: names, coefficients: fit)
    }

    /// What a regression needs to know of the rows that have a column: everything about their means.
    private struct Moments {
        var products: Matrix
        var target: [Double]
        var square: Double
        var means: [Double]
        var targetMean: Double
    }

    private func moments(of column: Int, _ names: [Int32], execution: Execution) throws -> Moments {
        let chosen: Matrix
        let own: Int
        let places: [Int]
        if names.count == width - 1 {
            chosen = table
            own = column
            places = names.map(Int.init)
        } else {
            chosen = table.selectingColumns(names.map(Int.init) + [column, width])
            own = names.count
            places = Array(0..<names.count)
        }
        let all = names.count == width - 1 ? centers : (names.map { centers[Int($0)] } + [centers[column], 0])
        let weights: [Double]?
        if missingRows[column].isEmpty {
            weights = nil
        } else {
            var present = [Double](repeating: 1, count: rowCount)
            for row in missingRows[column] { present[Int(row)] = 0 }
            weights = present
        }
        let scatter = try scatterMatrix(of: chosen, centers: all, weights: weights, execution: execution)
        let ones = chosen.columnCount - 1
        let count = scatter[ones, ones]
        func shift(_ place: Int) -> Double { scatter[ones, place] / count }
        func product(_ first: Int, _ second: Int) -> Double {
            scatter[first, second] - count * shift(first) * shift(second)
        }
        var products = Matrix(rowCount: places.count, columnCount: places.count)
        for (row, first) in places.enumerated() {
            for (other, second) in places.enumerated() { products[row, other] = product(first, second) }
        }
        return Moments(
            products: products, target: places.map { product($0, own) }, square: max(0, product(own, own)),
            means: places.map { all[$0] + shift($0) }, targetMean: all[own] + shift(own))
    }
}

/// Linear regressions from the products of centred columns.
enum BayesianRidge {
    /// Bayesian ridge regression by MacKay's updates, with the priors, start and end of scikit-learn's.
    ///
    /// - Parameters:
    ///   - products: XᵀX.
    ///   - target: Xᵀy.
    ///   - square: yᵀy.
    static func fit(_ products: Matrix, _ target: [Double], _ square: Double, _ rowCount: Int) throws -> [Double] {
        let prior = 1e-6
        let eigen = try SymmetricEigen(of: products)
        let values = eigen.values.map { max(0, $0) }
        let width = target.count
        let projected = (0..<width).map { index in
            (0..<width).reduce(0) { $0 + eigen.vectors[index, $1] * target[$1] }
        }
        var alpha = 1 / (square / Double(rowCount) + Double.ulpOfOne)
        var lambda = 1.0

        func inEigenbasis() -> [Double] { zip(projected, values).map { $0 / ($1 + lambda / alpha) } }
        func coefficients(_ solution: [Double]) -> [Double] {
            (0..<width).map { column in
                (0..<width).reduce(0) { $0 + eigen.vectors[$1, column] * solution[$1] }
            }
        }
        var previous: [Double]?
        for _ in 0..<300 {
            let solution = inEigenbasis()
            var error = square
            var norm = 0.0
            var gamma = 0.0
            for index in 0..<width {
                error += solution[index] * (solution[index] * values[index] - 2 * projected[index])
                norm += solution[index] * solution[index]
                gamma += alpha * values[index] / (lambda + alpha * values[index])
            }
            error = max(0, error)
            lambda = (gamma + 2 * prior) / (norm + 2 * prior)
            alpha = (Double(rowCount) - gamma + 2 * prior) / (error + 2 * prior)
            let current = coefficients(solution)
            if let previous, zip(previous, current).reduce(0, { $0 + abs($1.0 - $1.1) }) < 1e-3 { break }
            previous = current
        }
        return coefficients(inEigenbasis())
    }

    static func ridge(_ products: Matrix, _ target: [Double], penalty: Double) throws -> [Double] {
        var shifted = products
        for index in target.indices { shifted[index, index] += penalty }
        let right = try Matrix(rowCount: target.count, columnCount: 1, values: target)
        return try Cholesky(of: shifted).solve(right).column(0)
    }
}
