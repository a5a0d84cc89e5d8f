internal import LinearAlgebra
public import OutlierCore

/// Principal components that score rows.
///
/// ``contributions(of:execution:)`` add up to the score for the standardized score (a term may be negative where
/// columns are correlated) and are the squared reconstruction errors of the features for the other two.
public struct FittedPrincipalComponents: Explainable, MissingTolerant {
    /// What is scored.
    public let score: PrincipalComponentScore
    /// The means of the training columns.
    public let centers: [Double]
    /// What centered columns are divided by.
    public let scales: [Double]
    /// The components that the score uses, a row each, orthonormal, by falling eigenvalue.
    public let axes: Matrix
    /// The variances of the training rows along ``axes``.
    public let eigenvalues: [Double]
    /// What each component's term is multiplied by.
    let weights: [Double]
    /// The covariance of the standardized columns, by which missing values are estimated; `nil` where they are taken to
    /// be independent.
    let covariance: Matrix?
    /// Above which squared distance a row counts as being off the space of the rows of the fit: more than rounding gave one
    /// of these. `nil` where it is not looked at.
    let outsideNoise: Double?
    private let kernel: PackedColumns
    private let back: PackedColumns

    public var featureCount: Int { centers.count }

    init(
        score: PrincipalComponentScore, centers: [Double], scales: [Double], axes: Matrix, weights: [Double],
        eigenvalues: [Double], covariance: Matrix?, outsideNoise: Double? = nil
    ) {
        self.outsideNoise = outsideNoise
        self.covariance = covariance
        self.score = score
        self.centers = centers
        self.scales = scales
        self.axes = axes
        self.weights = weights
        self.eigenvalues = eigenvalues
        kernel = PackedColumns(axes.transposed())
        back = PackedColumns(axes)
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        guard data.matrix.containsNonFinite(execution: execution) else {
            return try scores(of: data.matrix, execution: execution)
        }
        // Σᵢ weightᵢ vᵢ vᵢᵀ: what the score makes of a covariance is the sum of the products of their elements.
        var weighted = axes
        weighted.scaleRows(by: weights)
        let form = try product(weighted, axes, transposingFirst: true)
        var excess = [Double](repeating: 0, count: data.rowCount)
        let completed = try excess.withUnsafeMutableBufferPointer { excess in
            let excess = SharedBuffer(excess)
            return try ConditionalNormal(covariance: covariance, centers: centers, scales: scales)
                .complete(data.matrix, execution: execution) { _, rows, missing, spread in
                    let added = expectedExcess(missing, spread, form)
                    for row in rows { excess.buffer[row] = added }
                }
        }
        return zip(try scores(of: completed, execution: execution), excess).map { $0 + $1 }
    }

    /// What the uncertainty of a row's missing values adds to its score on average.
    private func expectedExcess(_ missing: [Int], _ spread: Matrix, _ form: Matrix) -> Double {
        if score == .pyod { return 0 }
        let width = featureCount
        let (alongAxes, total) = spread.withUnsafeBufferPointer { spread in
            form.withUnsafeBufferPointer { form in
                var (sum, trace) = (0.0, 0.0)
                for (row, first) in missing.enumerated() {
                    for (column, second) in missing.enumerated() {
                        sum += form[first * width + second] * spread[row * missing.count + column]
                    }
                    trace += spread[row * missing.count + row]
                }
                return (sum, trace)
            }
        }
        return max(0, score == .standardized ? alongAxes : total - alongAxes)
    }

    private func scores(of matrix: Matrix, execution: Execution) throws -> [Double] {
        switch score {
        case .standardized:
            let scores = try kernel.weightedSquares(
                matrix, centers: centers, scales: scales, weights: weights, execution: execution)
            guard let outsideNoise else { return scores }
            let outside = try squaredResiduals(matrix, execution: execution)
            return zip(scores, outside).map { $1 > outsideNoise ? $0 + $1 : $0 }
        case .reconstruction:
            return try squaredResiduals(matrix, execution: execution)
        case .pyod:
            return try distancesToAxes(matrix, execution)
        }
    }

    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let width = featureCount
        var data = data
        if data.matrix.containsNonFinite(execution: execution) {
            data = try data.replacing(
                ConditionalNormal(covariance: covariance, centers: centers, scales: scales)
                    .complete(data.matrix, execution: execution) { _, _, _, _ in })
        }
        let given = data
        return try Matrix(rowCount: data.rowCount, columnCount: width) { target in
            let target = SharedBuffer(target)
            if score != .standardized {
                _ = try forEachResidual(given.matrix, execution) { residual, row in
                    for column in 0..<width {
                        target.buffer.initializeElement(
                            at: row * width + column, to: residual[column] * residual[column])
                    }
                    return 0
                }
                return
            }
            // Σᵢ yᵢ²/λᵢ = Σⱼ zⱼ (Σᵢ vᵢⱼ yᵢ/λᵢ): a term for each feature.
            try forEachRow(given.matrix, execution) { standardized, projected, restored, row in
                var outside = [Double](repeating: 0, count: outsideNoise == nil ? 0 : width)
                if let outsideNoise {
                    restore(projected, into: restored)
                    var sum = 0.0
                    for column in 0..<width {
                        let rest = standardized[column] - restored[column]
                        outside[column] = rest * rest
                        sum += rest * rest
                    }
                    if sum <= outsideNoise { outside = [] }
                }
                for index in projected.indices { projected[index] *= weights[index] }
                restore(projected, into: restored)
                for column in 0..<width {
                    target.buffer.initializeElement(
                        at: row * width + column,
                        to: standardized[column] * restored[column] + (outside.isEmpty ? 0 : outside[column]))
                }
            }
        }
    }

    // MARK: - Row by row

    /// The squared distance of each standardized row from the plane of the axes.
    func squaredResiduals(_ matrix: Matrix, execution: Execution) throws -> [Double] {
        try forEachResidual(matrix, execution) { residual in residual.reduce(0) { $0 + $1 * $1 } }
    }

    private func forEachResidual(
        _ matrix: Matrix, _ execution: Execution, _ body: @Sendable (UnsafeMutableBufferPointer<Double>) -> Double
    ) throws -> [Double] {
        try forEachResidual(matrix, execution) { residual, _ in body(residual) }
    }

    /// Calls `body` with what the components leave of each row, computed as a difference of vectors: a difference of
    /// squared lengths would lose the digits of rows near the plane.
    private func forEachResidual(
        _ matrix: Matrix, _ execution: Execution,
        _ body: @Sendable (UnsafeMutableBufferPointer<Double>, _ row: Int) -> Double
    ) throws -> [Double] {
        var scores = [Double](repeating: 0, count: matrix.rowCount)
        try scores.withUnsafeMutableBufferPointer { scores in
            let scores = SharedBuffer(scores)
            try forEachRow(matrix, execution) { standardized, projected, restored, row in
                restore(projected, into: restored)
                for column in restored.indices { restored[column] = standardized[column] - restored[column] }
                scores.buffer[row] = body(restored, row)
            }
        }
        return scores
    }

    /// restored = projected × axes.
    private func restore(
        _ projected: UnsafeMutableBufferPointer<Double>, into restored: UnsafeMutableBufferPointer<Double>
    ) {
        guard let source = projected.baseAddress, let target = restored.baseAddress, !projected.isEmpty else {
            restored.update(repeating: 0)
            return
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: back.scratchCount) { scratch in
            guard let scratch = scratch.baseAddress else { return }
            back.project(source, count: 1, centers: nil, scratch: scratch, into: target)
        }
    }

    /// Calls `body` with each row standardized, its projections on the axes, and room for as many numbers as columns.
    private func forEachRow(
        _ matrix: Matrix, _ execution: Execution,
        _ body:
            @Sendable (
                _ standardized: UnsafeMutableBufferPointer<Double>, _ projected: UnsafeMutableBufferPointer<Double>,
                _ room: UnsafeMutableBufferPointer<Double>, _ row: Int
            ) -> Void
    ) throws {
        let width = featureCount
        let count = axes.rowCount
        try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            try execution.forEachBlock(of: matrix.rowCount, size: 256) { rows in
                var standardized = [Double](repeating: 0, count: width)
                var projected = [Double](repeating: 0, count: count)
                var room = [Double](repeating: 0, count: width)
                var scratch = [Double](repeating: 0, count: max(1, kernel.scratchCount))
                standardized.withUnsafeMutableBufferPointer { standardized in
                    projected.withUnsafeMutableBufferPointer { projected in
                        room.withUnsafeMutableBufferPointer { room in
                            scratch.withUnsafeMutableBufferPointer { scratch in
                                for row in rows {
                                    for column in 0..<width {
                                        let value = source.buffer[row * width + column]
                                        standardized[column] = (value - centers[column]) / scales[column]
                                    }
                                    if let row = standardized.baseAddress, let target = projected.baseAddress,
                                        let scratch = scratch.baseAddress
                                    {
                                        kernel.project(row, count: 1, centers: nil, scratch: scratch, into: target)
                                    }
                                    body(standardized, projected, room, row)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func distancesToAxes(_ matrix: Matrix, _ execution: Execution) throws -> [Double] {
        let width = featureCount
        let count = axes.rowCount
        let block = 96
        return try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(matrix.rowCount, blockSize: block) { rows, scores in
                var standardized = [Double](repeating: 0, count: rows.count * width)
                var distances = [Double](repeating: 0, count: max(1, rows.count * count))
                var scratch = [Double](repeating: 0, count: max(1, kernel.scratchCount))
                for index in standardized.indices {
                    let column = index % width
                    let value = source.buffer[rows.lowerBound * width + index]
                    standardized[index] = (value - centers[column]) / scales[column]
                }
                kernel.squaredDistances(standardized, count: rows.count, scratch: &scratch, into: &distances)
                for row in 0..<rows.count {
                    var sum = 0.0
                    for axis in 0..<count { sum += distances[row * count + axis].squareRoot() * weights[axis] }
                    scores[row] = sum
                }
            }
        }
    }

    // MARK: - Persistence

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(score.rawValue, as: "score")
        archive.store(centers, as: "centers")
        archive.store(scales, as: "scales")
        archive.store(axes, as: "axes")
        archive.store(weights, as: "weights")
        archive.store(eigenvalues, as: "eigenvalues")
        if let covariance { archive.store(covariance, as: "covariance") }
        if let outsideNoise { archive.store([outsideNoise], as: "outside-noise") }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let score = PrincipalComponentScore(rawValue: try archive.string("score")) else {
            throw OutlierError(.invalidModel, "the model scores what this version does not know")
        }
        let centers = try archive.doubles("centers")
        let axes = try archive.matrix("axes", columns: centers.count)
        self.init(
            score: score, centers: centers, scales: try archive.doubles("scales", count: centers.count), axes: axes,
            weights: try archive.doubles("weights", count: axes.rowCount),
            eigenvalues: try archive.doubles("eigenvalues", count: axes.rowCount),
            covariance: archive.hasTensor("covariance")
                ? try archive.matrix("covariance", rows: centers.count, columns: centers.count) : nil,
            outsideNoise: archive.hasTensor("outside-noise")
                ? try archive.doubles("outside-noise", count: 1)[0] : nil)
    }
}
