internal import LinearAlgebra
public import OutlierCore

/// Kernel principal components: how much of a row, in the feature space of a kernel, the components that the training
/// rows follow leave unexplained (Hoffmann, “Kernel PCA for novelty detection”, 2007).
///
/// score = ‖Φ(x) − μ‖² − Σ ⟨wₗ, Φ(x) − μ⟩² over the leading components wₗ, at least 0. There are `components` of them,
/// or as many as have `share` of the variance between them. PyOD's default keeps all components, which explain every
/// training row entirely, so that its training scores are rounding errors; here the default share is 0.5: with
/// many components a lonely row has one of its own, which explains it.
///
/// With more rows than `sampleSize`, a seeded sample of them spans the feature space (the Nyström method: Williams &
/// Seeger, “Using the Nyström method to speed up kernel machines”, 2001), while the mean and the components are those
/// of all rows within that space: memory is O(m² + m d) for m landmarks, never quadratic in the rows.
///
/// Training: O(n m (d + m) + m³); scoring: O(m (d + components)) a row. The same seed gives the same model on any number
/// of threads.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where the kernel is not positive semidefinite on the rows (a sigmoid
///   kernel may be so) or its values are not finite.
public struct KernelPrincipalComponents: Detector {
    public static let name = "kernel-pca"
    public static let aliases = ["kpca"]
    public static let summary = "Reconstruction error of kernel principal components in the feature space."
    public static let reference: String? = "H. Hoffmann: Kernel PCA for novelty detection, 2007"
    public static let parameters: [Parameter<KernelPrincipalComponents>] = [
        .choice("kernel", \.kernel, "The kernel: rbf, poly, sigmoid, linear or cosine."),
        .integer("components", \.components, in: .atLeast(1), null: "by “share”", "Number of components."),
        .number(
            "share", \.share, in: .above(0, upTo: 1),
            "Share of the variance in the feature space that the components have; without “components”."),
        .number(
            "gamma", \.gamma, in: .positive, null: "1 / columns", "Factor within the rbf, poly and sigmoid kernels."),
        .integer("degree", \.degree, in: .between(1, 100), "Exponent of the poly kernel."),
        .number("offset", \.offset, "What the poly and sigmoid kernels add to the inner product."),
        .integer(
            "sample-size", \.sampleSize, in: .between(1, 20_000),
            "Rows that span the feature space at most; a random sample of them where there are more."),
    ]

    public var kernel: FeatureKernelKind
    public var components: Int?
    public var share: Double
    public var gamma: Double?
    public var degree: Int
    public var offset: Double
    public var sampleSize: Int

    public init() { self.init(kernel: .rbf) }

    public init(
        kernel: FeatureKernelKind = .rbf, components: Int? = nil, share: Double = 0.5, gamma: Double? = nil,
        degree: Int = 3, offset: Double = 1, sampleSize: Int = 1_000
    ) {
        self.kernel = kernel
        self.components = components
        self.share = share
        self.gamma = gamma
        self.degree = degree
        self.offset = offset
        self.sampleSize = sampleSize
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedKernelPrincipalComponents {
        let matrix = data.matrix
        let execution = context.execution
        let landmarks: Matrix
        if matrix.rowCount > sampleSize {
            var random = context.random()
            landmarks = matrix.selectingRows(random.sample(sampleSize, below: matrix.rowCount).sorted())
        } else {
            landmarks = matrix
        }
        let feature = FeatureKernel(
            kind: kernel, gamma: gamma ?? 1 / Double(data.columnCount), degree: degree, offset: offset,
            landmarks: landmarks)
        let span = try KernelSpan(feature, rows: landmarks, execution: execution)
        context.report(0.4, stage: "span")
        let (mean, covariance) = try span.moments(of: matrix, context: context)
        let eigen = try SymmetricEigen(of: covariance)
        let positive = eigen.values.prefix { $0 > 1e-12 * (eigen.values.first ?? 0) && $0 > 0 }.count
        let kept: Int
        if let components {
            kept = min(components, positive)
        } else {
            let total = eigen.values.prefix(positive).reduce(0, +)
            var sum = 0.0
            kept =
                eigen.values.prefix(positive).firstIndex { value in
                    sum += value
                    return sum >= share * total * (1 - 1e-12)
                }.map { $0 + 1 } ?? positive
        }
        context.report(1, stage: "components")
        let axes = eigen.vectors.rows(0..<kept)
        let center = try Matrix(rowCount: 1, columnCount: mean.count, values: mean)
        return FittedKernelPrincipalComponents(
            kernel: feature,
            coefficients: try product(axes, span.coordinates, execution: execution),
            shifts: try product(axes, center, transposingSecond: true).values,
            meanCoefficients: try product(center, span.coordinates).values,
            squaredMean: mean.reduce(0) { $0 + $1 * $1 })
    }
}

/// The part of the feature space that landmarks span, with orthonormal coordinates.
private struct KernelSpan {
    let kernel: FeatureKernel
    /// Coordinates of a row: this matrix (rank × landmarks) times its kernel values.
    let coordinates: Matrix

    init(_ kernel: FeatureKernel, rows: Matrix, execution: Execution) throws {
        self.kernel = kernel
        let eigen = try SymmetricEigen(of: kernel.matrix(rows, execution: execution))
        let largest = eigen.values.first ?? 0
        if let least = eigen.values.last, least < -1e-5 * max(largest, 0) || (largest <= 0 && least < 0) {
            throw OutlierError(
                .numericalFailure, "the \(kernel.kind.rawValue) kernel is not positive semidefinite on these rows",
                suggestion: "Choose another kernel, or a smaller “gamma”.")
        }
        let rank = eigen.values.prefix { $0 > 1e-12 * largest && $0 > 0 }.count
        var coordinates = eigen.vectors.rows(0..<rank)
        coordinates.scaleRows(by: eigen.values.prefix(rank).map { 1 / $0.squareRoot() })
        self.coordinates = coordinates
    }

    /// The mean and the covariance of the rows' coordinates, some thousand rows at a time.
    func moments(of matrix: Matrix, context: FitContext) throws -> (mean: [Double], covariance: Matrix) {
        let rank = coordinates.rowCount
        let count = Double(matrix.rowCount)
        let chunk = 4_096
        var origin: [Double] = []
        var sums = [Double](repeating: 0, count: rank)
        var scatter = Matrix(rowCount: rank, columnCount: rank)
        for first in stride(from: 0, to: matrix.rowCount, by: chunk) {
            try context.checkCancellation()
            let rows = matrix.rows(first..<min(first + chunk, matrix.rowCount))
            let values = try kernel.matrix(rows, execution: context.execution)
            let points = try product(values, coordinates, transposingSecond: true, execution: context.execution)
            let means = try columnMeans(of: points, execution: context.execution)
            // Deviations from a point among the rows: squares of large numbers would cost digits.
            if origin.isEmpty { origin = means }
            let part = try scatterMatrix(of: points, centers: origin, execution: context.execution)
            for index in 0..<rank { sums[index] += (means[index] - origin[index]) * Double(rows.rowCount) }
            part.withUnsafeBufferPointer { part in
                scatter.withUnsafeMutableBufferPointer { scatter in
                    for index in scatter.indices { scatter[index] += part[index] }
                }
            }
            context.report(0.4 + 0.5 * Double(first + rows.rowCount) / count, stage: "moments")
        }
        let shift = sums.map { $0 / count }
        scatter.withUnsafeMutableBufferPointer { values in
            for row in 0..<rank {
                for column in 0..<rank {
                    values[row * rank + column] = values[row * rank + column] / count - shift[row] * shift[column]
                }
            }
        }
        return (zip(origin, shift).map { $0 + $1 }, scatter)
    }
}
