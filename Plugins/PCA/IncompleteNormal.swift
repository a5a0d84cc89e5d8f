internal import LinearAlgebra
internal import OutlierCore

/// The means and standard deviations of the values that are there.
struct PresentMoments {
    let means: [Double]
    /// 1 for a constant column.
    let deviations: [Double]

    /// - Parameter weights: as how many equal rows each row counts, above 0; `nil` for 1.
    /// - Throws: ``OutlierError/Code/missingValue`` where a column has no value at all.
    init(of data: Dataset, weights: [Double]?) throws {
        var means: [Double] = []
        var deviations: [Double] = []
        for column in 0..<data.columnCount {
            let all = data.matrix.column(column)
            let values = all.filter { !$0.isNaN }
            guard !values.isEmpty else {
                throw OutlierError(
                    .missingValue, "the column “\(data.columns[column].name)” has no value at all",
                    suggestion: "Put the preprocessor “drop-columns” first, which leaves such columns out.")
            }
            let mean: Double
            let variance: Double
            if let weights {
                let own = all.indices.filter { !all[$0].isNaN }.map { weights[$0] }
                let total = own.reduce(0, +)
                mean = zip(values, own).reduce(0) { $0 + $1.0 * ($1.1 / total) }
                variance = zip(values, own).reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) * ($1.1 / total) }
            } else {
                mean = values.enumerated().reduce(0) { $0 + ($1.element - $0) / Double($1.offset + 1) }
                variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(values.count) }
            }
            guard variance.isFinite else {
                throw OutlierError(
                    .numericalFailure,
                    "the values of the column “\(data.columns[column].name)” are too large for a variance",
                    suggestion: "Divide the column by a large number.")
            }
            means.append(mean)
            deviations.append(variance.squareRoot() > 10 * Double.ulpOfOne * abs(mean) ? variance.squareRoot() : 1)
        }
        self.means = means
        self.deviations = deviations
    }
}

/// A normal distribution of rows that lack values, fitted by expectation maximization.
///
/// R. J. A. Little and D. B. Rubin, “Statistical Analysis with Missing Data”, 1987, section 8.2.
enum IncompleteNormal {
    private static let mostRounds = 30
    private static let tolerance = 1e-3

    /// - Parameter weights: as how many equal rows each row counts, above 0; `nil` for 1.
    /// - Returns: the means and the covariance (of divisor n) of the rows in units of `scales` about `centers`.
    static func fit(
        _ matrix: Matrix, weights: [Double]?, centers: [Double], scales: [Double], context: FitContext
    ) throws -> (means: [Double], covariance: Matrix) {
        let width = matrix.columnCount
        let total = weights?.reduce(0, +) ?? Double(matrix.rowCount)
        var means = [Double](repeating: 0, count: width)
        var covariance = Matrix(rowCount: width, columnCount: width)
        for column in 0..<width { covariance[column, column] = 1 }
        for round in 0..<mostRounds {
            try context.checkCancellation()
            context.report(0.9 * Double(round) / Double(mostRounds), stage: "expectation maximization")
            let current = zip(means, zip(centers, scales)).map { $0 * $1.1 + $1.0 }
            let normal = ConditionalNormal(covariance: covariance, centers: current, scales: scales)
            let completed = try normal.complete(matrix, execution: context.execution)
            let standardized = completed.matrix.standardized(centers: centers, scales: scales)
            let next = try columnMeans(of: standardized, weights: weights, execution: context.execution)
            var update = try scatterMatrix(
                of: standardized, centers: next, weights: weights, execution: context.execution)
            for (number, spread) in completed.spreads {
                let weight = weights?[number] ?? 1
                for (row, first) in spread.columns.enumerated() {
                    for (column, second) in spread.columns.enumerated() {
                        update[first, second] += weight * spread.covariance[row, column]
                    }
                }
            }
            var change = 0.0
            for row in 0..<width {
                change = max(change, abs(next[row] - means[row]))
                for column in 0..<width {
                    update[row, column] /= total
                    change = max(change, abs(update[row, column] - covariance[row, column]))
                }
            }
            means = next
            covariance = update
            if change < tolerance { break }
        }
        return (means, covariance)
    }
}

/// What a normal distribution says of missing values, given those that are there.
struct ConditionalNormal {
    /// How uncertain a row's missing values are, in units of the scales.
    struct Spread: Sendable {
        var columns: [Int]
        var covariance: Matrix
    }

    /// Of the standardized columns; `nil` for independent columns of variance 1.
    let covariance: Matrix?
    let centers: [Double]
    let scales: [Double]

    /// The rows with the expectations of their missing values, and how uncertain these are, for each row that lacks some.
    func complete(
        _ matrix: Matrix, execution: Execution
    ) throws -> (matrix: Matrix, spreads: [(row: Int, spread: Spread)]) {
        let width = matrix.columnCount
        var patterns: [[Bool]: Int] = [:]
        var members: [[Int]] = []
        var missing: [[Int]] = []
        matrix.withUnsafeBufferPointer { values in
            for row in 0..<matrix.rowCount {
                let lacks = (0..<width).map { values[row * width + $0].isNaN }
                guard lacks.contains(true) else { continue }
                if let pattern = patterns[lacks] {
                    members[pattern].append(row)
                } else {
                    patterns[lacks] = members.count
                    members.append([row])
                    missing.append(lacks.indices.filter { lacks[$0] })
                }
            }
        }
        var result = matrix
        var spreads = [Spread?](repeating: nil, count: members.count)
        let (rows, holes) = (members, missing)
        try result.withUnsafeMutableBufferPointer { values in
            try spreads.withUnsafeMutableBufferPointer { spreads in
                let (values, spreads) = (SharedBuffer(values), SharedBuffer(spreads))
                try execution.forEach(rows.count) { pattern in
                    spreads.buffer[pattern] = try fill(rows[pattern], holes[pattern], width, values)
                }
            }
        }
        var all: [(row: Int, spread: Spread)] = []
        for (pattern, rows) in members.enumerated() {
            if let spread = spreads[pattern] { all += rows.map { ($0, spread) } }
        }
        return (result, all.sorted { $0.row < $1.row })
    }

    /// Fills the rows of one pattern.
    private func fill(
        _ rows: [Int], _ missing: [Int], _ width: Int, _ values: SharedBuffer<Double>
    ) throws -> Spread {
        let isMissing = Set(missing)
        let present = (0..<width).filter { !isMissing.contains($0) }
        var spread = Matrix(rowCount: missing.count, columnCount: missing.count)
        guard let covariance, !present.isEmpty else {
            for (place, column) in missing.enumerated() {
                for (other, second) in missing.enumerated() {
                    spread[place, other] = covariance?[column, second] ?? (place == other ? 1 : 0)
                }
                for row in rows { values.buffer[row * width + column] = centers[column] }
            }
            return Spread(columns: missing, covariance: spread)
        }
        let own = Matrix(rowCount: present.count, columnCount: present.count) { target in
            for (row, first) in present.enumerated() {
                for (column, second) in present.enumerated() {
                    // A little variance of its own for each column, so that columns that follow from others do no harm.
                    let value = covariance[first, second] + (row == column ? 1e-8 : 0)
                    target.initializeElement(at: row * present.count + column, to: value)
                }
            }
        }
        let cross = Matrix(rowCount: present.count, columnCount: missing.count) { target in
            for (row, first) in present.enumerated() {
                for (column, second) in missing.enumerated() {
                    target.initializeElement(at: row * missing.count + column, to: covariance[first, second])
                }
            }
        }
        let slopes = try Cholesky(of: own).solve(cross)
        for row in rows {
            let start = row * width
            for (place, column) in missing.enumerated() {
                var value = 0.0
                for (index, known) in present.enumerated() {
                    value += slopes[index, place] * (values.buffer[start + known] - centers[known]) / scales[known]
                }
                values.buffer[start + column] = value * scales[column] + centers[column]
            }
        }
        for (place, column) in missing.enumerated() {
            for (other, second) in missing.enumerated() {
                var explained = 0.0
                for index in present.indices { explained += slopes[index, place] * cross[index, other] }
                spread[place, other] = covariance[column, second] - explained
            }
        }
        return Spread(columns: missing, covariance: spread)
    }
}
