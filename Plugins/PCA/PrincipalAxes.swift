internal import LinearAlgebra
internal import OutlierCore

/// How principal axes are computed.
public enum PrincipalAxesSolver: String, CaseIterable, Sendable {
    /// Randomized where few axes of many are asked for, so that it is quicker, else exact.
    case auto
    /// All eigenvalues of the covariance matrix, or of the matrix of inner products where rows are fewer than columns.
    case exact
    /// Randomized subspace iteration (Halko, Martinsson & Tropp, 2011) for the leading axes alone.
    case randomized
}

/// The principal axes of a table: the common first step of this folder's components.
struct PrincipalAxes {
    /// Subtracted from each column.
    let centers: [Double]
    /// What the difference is divided by: all 1 where the table is not standardized.
    let scales: [Double]
    /// Variances along the axes (divided by rows − 1), the largest first. None is numerically zero.
    let eigenvalues: [Double]
    /// A row an axis, orthonormal.
    let axes: Matrix
    /// The sum of the variances of all columns, also of those directions that were not computed.
    let totalVariance: Double

    /// The axes of rows that may lack values.
    ///
    /// - Parameters:
    ///   - count: how many of the leading axes at most; `nil` for all.
    ///   - weights: as how many equal rows each row counts, above 0; `nil` for 1.
    init(
        ofPossiblyIncomplete data: Dataset, weights: [Double]?, count: Int?, standardizing: Bool,
        solver: PrincipalAxesSolver, context: FitContext
    ) throws {
        guard data.matrix.containsNonFinite(execution: context.execution) else {
            try self.init(
                of: data.matrix, weights: weights, count: count, standardizing: standardizing, solver: solver,
                context: context)
            return
        }
        let width = data.columnCount
        let columns = try PresentMoments(of: data, weights: weights)
        guard width <= PrincipalAxes.mostColumnsWithCovariance else {
            // Missing values become the means.
            var matrix = data.matrix
            matrix.withUnsafeMutableBufferPointer { values in
                for index in values.indices where values[index].isNaN { values[index] = columns.means[index % width] }
            }
            try self.init(
                of: matrix, weights: weights, count: count, standardizing: standardizing, solver: solver,
                context: context)
            return
        }
        let normal = try IncompleteNormal.fit(
            data.matrix, weights: weights, centers: columns.means, scales: columns.deviations, context: context)
        var (means, scales) = (columns.means, columns.deviations)
        var covariance = normal.covariance
        let total = weights?.reduce(0, +) ?? Double(data.rowCount)
        let degrees = PrincipalAxes.degrees(total) / total
        for column in 0..<width {
            means[column] += normal.means[column] * scales[column]
        }
        // In units of the columns' own deviations, or of the columns themselves.
        let units = (0..<width).map { column -> Double in
            let variance = covariance[column, column]
            return standardizing ? (variance > 0 ? variance.squareRoot() : 1) : 1 / scales[column]
        }
        for row in 0..<width {
            for column in 0..<width { covariance[row, column] /= units[row] * units[column] * degrees }
        }
        scales = (0..<width).map { scales[$0] * units[$0] }
        let eigen = try SymmetricEigen(of: covariance, largest: min(count ?? width, min(width, data.rowCount)))
        let noise = 10 * Double.ulpOfOne * Double(max(width, data.rowCount)) * (eigen.values.first ?? 0)
        let kept = eigen.values.prefix { $0 > noise && $0 > 0 }.count
        self.init(
            centers: means, scales: scales, totalVariance: (0..<width).reduce(0) { $0 + covariance[$1, $1] },
            eigenvalues: Array(eigen.values.prefix(kept)), axes: eigen.vectors.rows(0..<kept))
    }

    private init(
        centers: [Double], scales: [Double], totalVariance: Double, eigenvalues: [Double], axes: Matrix
    ) {
        self.centers = centers
        self.scales = scales
        self.totalVariance = totalVariance
        self.eigenvalues = eigenvalues
        self.axes = axes
    }

    /// A covariance of more columns is not kept in a model.
    static let mostColumnsWithCovariance = 200

    /// The covariance of the standardized columns, as the axes tell it: what they leave of a column's variance is taken to
    /// be its own. `nil` where there are too many columns.
    func covariance() -> Matrix? {
        let width = centers.count
        guard width <= PrincipalAxes.mostColumnsWithCovariance else { return nil }
        var result = Matrix(rowCount: width, columnCount: width)
        axes.withUnsafeBufferPointer { axes in
            result.withUnsafeMutableBufferPointer { result in
                for (axis, eigenvalue) in eigenvalues.enumerated() {
                    for row in 0..<width {
                        let factor = eigenvalue * axes[axis * width + row]
                        for column in 0..<width {
                            result[row * width + column] += factor * axes[axis * width + column]
                        }
                    }
                }
            }
        }
        let explained = (0..<width).reduce(0) { $0 + result[$1, $1] }
        let rest = max(0, totalVariance - explained) / Double(width)
        for column in 0..<width { result[column, column] += rest }
        return result
    }

    /// What the sum of squares is divided by.
    private static func degrees(_ total: Double) -> Double { total > 1 ? total - 1 : total }

    init(
        of matrix: Matrix, weights: [Double]?, count: Int?, standardizing: Bool, solver: PrincipalAxesSolver,
        context: FitContext
    ) throws {
        let execution = context.execution
        let width = matrix.columnCount
        let moments = try ColumnMoments(of: matrix, weights: weights, execution: execution)
        context.report(0.1, stage: "moments")
        centers = moments.means
        // A constant column has no scale of its own.
        let scales = moments.variances.map { standardizing && $0 > 0 ? $0.squareRoot() : 1 }
        self.scales = scales
        let total = weights?.reduce(0, +) ?? Double(matrix.rowCount)
        let degrees = PrincipalAxes.degrees(total)
        let perDegree = total / degrees
        totalVariance = zip(moments.variances, scales).reduce(0) { $0 + $1.0 / ($1.1 * $1.1) * perDegree }

        let wanted = min(count ?? width, min(width, matrix.rowCount))
        let values: [Double]
        let vectors: Matrix
        switch solver {
        case .auto where PrincipalAxes.randomizedIsQuicker(matrix, wanted), .randomized:
            let randomized = try RandomizedPrincipalAxes(
                of: matrix, centers: centers, scales: scales, weights: weights, count: wanted,
                random: context.random(), execution: execution)
            values = randomized.squaredValues.map { $0 / degrees }
            vectors = randomized.axes
        case .auto, .exact:
            (values, vectors) =
                width <= matrix.rowCount
                ? try PrincipalAxes.fromCovariance(matrix, weights, centers, scales, degrees, wanted, execution)
                : try PrincipalAxes.fromInnerProducts(matrix, weights, centers, scales, degrees, wanted, execution)
        }
        // What rounding leaves of a direction without variance is no axis.
        let noise = 10 * Double.ulpOfOne * Double(max(width, matrix.rowCount)) * (values.first ?? 0)
        let kept = values.prefix { $0 > noise && $0 > 0 }.count
        eigenvalues = Array(values.prefix(kept))
        axes = vectors.rows(0..<kept)
    }

    /// Passes over the table cost the more the more axes are followed; the exact way costs the columns squared.
    private static func randomizedIsQuicker(_ matrix: Matrix, _ wanted: Int) -> Bool {
        let smaller = min(matrix.rowCount, matrix.columnCount)
        return smaller >= 500 && 20 * (wanted + 10) < smaller
    }

    private static func fromCovariance(
        _ matrix: Matrix, _ weights: [Double]?, _ centers: [Double], _ scales: [Double], _ degrees: Double,
        _ wanted: Int, _ execution: Execution
    ) throws -> ([Double], Matrix) {
        var covariance = try scatterMatrix(of: matrix, centers: centers, weights: weights, execution: execution)
        covariance.scale(by: 1 / degrees)
        covariance.divideColumns(by: scales)
        covariance.scaleRows(by: scales.map { 1 / $0 })
        let eigen = try SymmetricEigen(of: covariance, largest: wanted)
        return (eigen.values, eigen.vectors)
    }

    /// Where rows are fewer than columns: the eigenvectors of X Xᵀ, taken back to the columns.
    private static func fromInnerProducts(
        _ matrix: Matrix, _ weights: [Double]?, _ centers: [Double], _ scales: [Double], _ degrees: Double,
        _ wanted: Int, _ execution: Execution
    ) throws -> ([Double], Matrix) {
        var standardized = matrix.standardized(centers: centers, scales: scales)
        if let weights { standardized.scaleRows(by: weights.map { $0.squareRoot() }) }
        var gram = try gramMatrix(standardized, execution: execution)
        gram.scale(by: 1 / degrees)
        let eigen = try SymmetricEigen(of: gram, largest: wanted)
        let noise = 10 * Double.ulpOfOne * Double(matrix.columnCount) * (eigen.values.first ?? 0)
        let kept = eigen.values.prefix { $0 > noise && $0 > 0 }.count
        var axes = try product(eigen.vectors.rows(0..<kept), standardized, execution: execution)
        axes.scaleRows(by: eigen.values.prefix(kept).map { 1 / ($0 * degrees).squareRoot() })
        axes.makeLargestElementsPositive()
        return (Array(eigen.values.prefix(kept)), axes)
    }

    /// The number of leading axes that have `share` of the variance between them.
    func count(forShare share: Double) -> Int {
        var sum = 0.0
        for (index, value) in eigenvalues.enumerated() {
            sum += value
            // Rounding must not ask for one axis more.
            if sum >= share * totalVariance * (1 - 1e-12) { return index + 1 }
        }
        return eigenvalues.count
    }
}

extension Matrix {
    /// (element − center) / scale.
    func standardized(centers: [Double], scales: [Double]) -> Matrix {
        var result = self
        let width = columnCount
        result.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: max(1, width)) {
                for column in 0..<width {
                    values[start + column] = (values[start + column] - centers[column]) / scales[column]
                }
            }
        }
        return result
    }

    /// Gives each row the sign that makes its element that is largest in magnitude positive.
    mutating func makeLargestElementsPositive() {
        let width = columnCount
        withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: max(1, width)) {
                var largest = 0.0
                for value in values[start..<start + width] where abs(value) > abs(largest) { largest = value }
                if largest < 0 { for index in start..<start + width { values[index].negate() } }
            }
        }
    }
}
