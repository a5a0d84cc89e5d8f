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
/// A round takes O(n d²) and, for each pattern of missing values with m missing and p present ones, O(min(m, p)³ + m p); memory
/// O(d²) beside the table. At most ``mostRounds`` rounds, and where these would take more than ``workOfRounds``
/// multiplications, as many as take that, at least ``fewestRounds``.
///
/// R. J. A. Little and D. B. Rubin, “Statistical Analysis with Missing Data”, 1987, section 8.2.
enum IncompleteNormal {
    private static let mostRounds = 30
    private static let fewestRounds = 5
    private static let workOfRounds = 1e9
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
        let patterns = MissingPatterns(matrix)
        let rounds = max(fewestRounds, Int(min(Double(mostRounds), workOfRounds / max(1, patterns.work))))
        for round in 0..<rounds {
            try context.checkCancellation()
            context.report(0.9 * Double(round) / Double(rounds), stage: "expectation maximization")
            let current = zip(means, zip(centers, scales)).map { $0 * $1.1 + $1.0 }
            let normal = ConditionalNormal(covariance: covariance, centers: current, scales: scales)
            let uncertain = SpreadSums(width: width, weights: weights)
            let completed = try normal.complete(matrix, patterns, execution: context.execution) {
                part, rows, missing, spread in
                uncertain.add(spread, of: missing, rows: rows, part: part)
            }
            let standardized = completed.standardized(centers: centers, scales: scales)
            let next = try columnMeans(of: standardized, weights: weights, execution: context.execution)
            var update = try scatterMatrix(
                of: standardized, centers: next, weights: weights, execution: context.execution)
            uncertain.addTotal(to: &update)
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

/// Sums over rows of how uncertain their missing values are: one for each part of the patterns, added up in order, so that
/// they do not depend on the number of threads.
private final class SpreadSums: @unchecked Sendable {
    private let width: Int
    private let weights: [Double]?
    /// Each part is written to by one thread.
    private let sums: UnsafeMutableBufferPointer<Double>

    init(width: Int, weights: [Double]?) {
        self.width = width
        self.weights = weights
        sums = .allocate(capacity: width * width * ConditionalNormal.parts)
        sums.initialize(repeating: 0)
    }

    deinit { sums.deallocate() }

    func add(_ spread: Matrix, of missing: [Int], rows: [Int], part: Int) {
        let weight = weights.map { weights in rows.reduce(0) { $0 + weights[$1] } } ?? Double(rows.count)
        let start = part * width * width
        spread.withUnsafeBufferPointer { spread in
            for (row, first) in missing.enumerated() {
                for (column, second) in missing.enumerated() {
                    sums[start + first * width + second] += weight * spread[row * missing.count + column]
                }
            }
        }
    }

    func addTotal(to matrix: inout Matrix) {
        matrix.withUnsafeMutableBufferPointer { target in
            for part in 0..<ConditionalNormal.parts {
                for index in target.indices { target[index] += sums[part * width * width + index] }
            }
        }
    }
}

/// Which rows lack which values.
struct MissingPatterns: Sendable {
    /// The rows of each pattern, ascending; of complete rows none.
    let rows: [[Int]]
    /// The columns that each pattern lacks, ascending.
    let missing: [[Int]]
    /// About how many multiplications it takes to complete them once.
    let work: Double

    init(_ matrix: Matrix) {
        let width = matrix.columnCount
        var patterns: [[Bool]: Int] = [:]
        var rows: [[Int]] = []
        var missing: [[Int]] = []
        matrix.withUnsafeBufferPointer { values in
            for row in 0..<matrix.rowCount {
                let lacks = (0..<width).map { values[row * width + $0].isNaN }
                guard lacks.contains(true) else { continue }
                if let pattern = patterns[lacks] {
                    rows[pattern].append(row)
                } else {
                    patterns[lacks] = rows.count
                    rows.append([row])
                    missing.append(lacks.indices.filter { lacks[$0] })
                }
            }
        }
        self.rows = rows
        self.missing = missing
        work = zip(rows, missing).reduce(0) { sum, pattern in
            let lacking = Double(pattern.1.count)
            let present = Double(width) - lacking
            let fewer = min(lacking, present)
            return sum + fewer * fewer * fewer + lacking * present * (Double(pattern.0.count) + fewer)
        }
    }
}

/// What a normal distribution says of missing values, given those that are there.
struct ConditionalNormal {
    /// The patterns are handled in as many parts, whatever the number of threads.
    static let parts = 16
    /// A little variance of its own for each column, so that columns that follow from others do no harm.
    private static let ownVariance = 1e-8

    /// Of the standardized columns; `nil` for independent columns of variance 1.
    let covariance: Matrix?
    let centers: [Double]
    let scales: [Double]

    /// The rows with the expectations of their missing values.
    ///
    /// - Parameter uncertain: gets, for each pattern, the number of its part, which one thread works on, its rows, the columns
    ///   that they lack, and the covariance of these given the others, in units of the scales.
    func complete(
        _ matrix: Matrix, _ given: MissingPatterns? = nil, execution: Execution,
        uncertain: @Sendable (_ part: Int, _ rows: [Int], _ missing: [Int], _ spread: Matrix) throws -> Void
    ) throws -> Matrix {
        let patterns = given ?? MissingPatterns(matrix)
        let width = matrix.columnCount
        var result = matrix
        let precision = try covariance.map { covariance in
            var own = covariance
            own.addToDiagonal(Self.ownVariance)
            return try Cholesky(of: own).inverse()
        }
        try result.withUnsafeMutableBufferPointer { values in
            let values = SharedBuffer(values)
            try execution.forEach(Self.parts) { part in
                for pattern in stride(from: part, to: patterns.rows.count, by: Self.parts) {
                    try execution.checkCancellation()
                    let (rows, missing) = (patterns.rows[pattern], patterns.missing[pattern])
                    let spread = try fill(rows, missing, width, values, precision)
                    try uncertain(part, rows, missing, spread)
                }
            }
        }
        return result
    }

    /// Fills the rows of one pattern, and says how uncertain what is filled in is.
    private func fill(
        _ rows: [Int], _ missing: [Int], _ width: Int, _ values: SharedBuffer<Double>, _ precision: Matrix?
    ) throws -> Matrix {
        let isMissing = Set(missing)
        let present = (0..<width).filter { !isMissing.contains($0) }
        guard let covariance, let precision, !present.isEmpty else {
            for column in missing {
                for row in rows { values.buffer[row * width + column] = centers[column] }
            }
            if let covariance { return Self.part(of: covariance, missing, missing) }
            var spread = Matrix(rowCount: missing.count, columnCount: missing.count)
            spread.addToDiagonal(1)
            return spread
        }
        // What is missing by what is there, missing × present, in the way that has the smaller matrix to take apart.
        let slopes: Matrix
        let spread: Matrix
        if missing.count <= present.count {
            let own = try Cholesky(of: Self.part(of: precision, missing, missing))
            var found = try own.solve(Self.part(of: precision, missing, present))
            found.scale(by: -1)
            slopes = found
            spread = try own.inverse()
        } else {
            var own = Self.part(of: covariance, present, present)
            own.addToDiagonal(Self.ownVariance)
            let cross = Self.part(of: covariance, present, missing)
            let found = try Cholesky(of: own).solve(cross)
            var rest = Self.part(of: covariance, missing, missing)
            let explained = try product(found, cross, transposingFirst: true)
            rest.withUnsafeMutableBufferPointer { rest in
                explained.withUnsafeBufferPointer { explained in
                    for index in rest.indices { rest[index] -= explained[index] }
                }
            }
            slopes = found.transposed()
            spread = rest
        }
        slopes.withUnsafeBufferPointer { slopes in
            var known = [Double](repeating: 0, count: present.count)
            for row in rows {
                let start = row * width
                for (index, column) in present.enumerated() {
                    known[index] = (values.buffer[start + column] - centers[column]) / scales[column]
                }
                for (place, column) in missing.enumerated() {
                    var value = 0.0
                    for index in known.indices { value += slopes[place * known.count + index] * known[index] }
                    values.buffer[start + column] = value * scales[column] + centers[column]
                }
            }
        }
        return spread
    }

    private static func part(of matrix: Matrix, _ rows: [Int], _ columns: [Int]) -> Matrix {
        let width = matrix.columnCount
        return matrix.withUnsafeBufferPointer { source in
            Matrix(rowCount: rows.count, columnCount: columns.count) { target in
                var index = 0
                for row in rows {
                    for column in columns {
                        target.initializeElement(at: index, to: source[row * width + column])
                        index += 1
                    }
                }
            }
        }
    }
}
