internal import Distances
internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// One start of a mixture's fit.
struct ExpectationMaximization {
    let recipe: GaussianMixture
    let matrix: Matrix
    /// As how many equal rows each row counts, above 0; `nil` for 1.
    let weights: [Double]?
    let context: FitContext

    func run() throws -> (model: MixtureParameters, likelihood: Double) {
        var responsibilities = try initialResponsibilities()
        var model = try maximize(responsibilities)
        if recipe.components == 1 {
            // One component is solved by the first step.
            return (model, try expect(model, &responsibilities))
        }
        var likelihood = -Double.infinity
        for iteration in 1...recipe.iterations {
            try context.checkCancellation()
            let next = try expect(model, &responsibilities)
            model = try maximize(responsibilities)
            context.report(Double(iteration) / Double(recipe.iterations), stage: "expectation", loss: -next)
            let gain = next - likelihood
            likelihood = next
            if abs(gain) < recipe.tolerance { break }
        }
        return (model, try expect(model, &responsibilities))
    }

    // MARK: - The steps

    /// The mean log-likelihood; `responsibilities` become those of `model`.
    private func expect(_ model: MixtureParameters, _ responsibilities: inout Matrix) throws -> Double {
        let width = matrix.columnCount
        let components = model.componentCount
        let logSums = try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try responsibilities.withUnsafeMutableBufferPointer { target in
                let target = SharedBuffer(target)
                return try context.execution.map(matrix.rowCount, blockSize: mixtureBlock) { rows, sums in
                    guard let start = source.buffer.baseAddress, let densities = target.buffer.baseAddress,
                        let sums = sums.baseAddress
                    else { return }
                    let own = densities + rows.lowerBound * components
                    let capacity = model.scratchCount(rows: rows.count)
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
                        guard let scratch = scratch.baseAddress else { return }
                        model.logDensities(
                            of: start + rows.lowerBound * width, count: rows.count, scratch: scratch, into: own)
                        model.normalize(own, count: rows.count, into: sums)
                    }
                }
            }
        }
        let mean: Double
        if let weights {
            mean = zip(logSums, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        } else {
            mean = logSums.reduce(0, +) / Double(max(1, logSums.count))
        }
        guard mean.isFinite else {
            throw OutlierError(
                .numericalFailure, "the likelihood of the mixture is not finite: values are too large or too far apart",
                suggestion: "Put the preprocessor “standard-scaler” before the detector.")
        }
        return mean
    }

    /// Weights, means and covariances of the rows as far as they belong to each component.
    private func maximize(_ belonging: Matrix) throws -> MixtureParameters {
        var responsibilities = belonging
        if let weights { responsibilities.scaleRows(by: weights) }
        let execution = context.execution
        let width = matrix.columnCount
        let components = recipe.components
        // Nothing of a component that no row belongs to must be divided by 0.
        let sums = try columnMeans(of: responsibilities, execution: execution).map {
            $0 * Double(matrix.rowCount) + 10 * Double.ulpOfOne
        }
        var means = try crossProduct(responsibilities, matrix, execution: execution)
        means.scaleRows(by: sums.map { 1 / $0 })
        let total = sums.reduce(0, +)
        let shares = sums.map { $0 / total }

        func columnVariances(_ component: Int) throws -> [Double] {
            try weightedSquares(
                of: matrix, centers: means.row(component), weights: responsibilities.column(component),
                execution: execution
            ).map { $0 / sums[component] }
        }
        func scatter(_ component: Int) throws -> Matrix {
            try scatterMatrix(
                of: matrix, centers: means.row(component),
                weights: components == 1 && weights == nil ? nil : responsibilities.column(component),
                execution: execution)
        }
        let transforms: [Matrix]
        switch recipe.covariance {
        case .full:
            transforms = try (0..<components).map { component in
                var covariance = try scatter(component)
                covariance.scale(by: 1 / sums[component])
                return try transform(covariance)
            }
        case .tied:
            var covariance = try scatter(0)
            for component in 1..<max(1, components) { covariance.add(try scatter(component)) }
            covariance.scale(by: 1 / total)
            transforms = Array(repeating: try transform(covariance), count: components)
        case .diagonal:
            transforms = try (0..<components).map { try scales(try columnVariances($0)) }
        case .spherical:
            transforms = try (0..<components).map { component in
                let mean = try columnVariances(component).reduce(0, +) / Double(width)
                return try scales([Double](repeating: mean, count: width))
            }
        }
        let isDiagonal = recipe.covariance == .diagonal || recipe.covariance == .spherical
        return MixtureParameters(weights: shares, means: means, transforms: transforms, isDiagonal: isDiagonal)
    }

    /// T with T Tᵀ = (C + regularization)⁻¹.
    private func transform(_ covariance: Matrix) throws -> Matrix {
        var regular = covariance
        regular.addToDiagonal(recipe.regularization)
        do {
            return try Cholesky(of: regular).inverseLower().transposed()
        } catch is OutlierError {
            throw degenerate
        }
    }

    private func scales(_ variances: [Double]) throws -> Matrix {
        let scales = variances.map { 1 / ($0 + recipe.regularization).squareRoot() }
        guard scales.allSatisfy({ $0.isFinite && $0 > 0 }) else { throw degenerate }
        return try Matrix(rowCount: 1, columnCount: scales.count, values: scales)
    }

    private var degenerate: OutlierError {
        OutlierError(
            .numericalFailure, "the covariance matrix of a component is not positive definite",
            suggestion:
                "Raise “regularization”, lower “components”, or put the preprocessor “standard-scaler” before the detector."
        )
    }

    // MARK: - The beginning

    private func initialResponsibilities() throws -> Matrix {
        let rows = matrix.rowCount
        let components = recipe.components
        if components == 1 { return Matrix(rowCount: rows, columnCount: 1, repeating: 1) }
        var result = Matrix(rowCount: rows, columnCount: components)
        switch recipe.initialization {
        case .kMeans:
            let quiet = FitContext(seed: context.seed, execution: context.execution)
            let labels = try KMeans(matrix, clusters: components, starts: 1, context: quiet).labels
            for (row, label) in labels.enumerated() { result[row, Int(label)] = 1 }
        case .random:
            var random = context.random()
            for row in 0..<rows {
                var sum = 0.0
                for component in 0..<components {
                    let value = random.uniform() + Double.ulpOfOne
                    result[row, component] = value
                    sum += value
                }
                for component in 0..<components { result[row, component] /= sum }
            }
        }
        return result
    }
}

extension Matrix {
    /// Adds another matrix of the same shape.
    fileprivate mutating func add(_ other: Matrix) {
        other.withUnsafeBufferPointer { other in
            withUnsafeMutableBufferPointer { values in
                for index in values.indices { values[index] += other[index] }
            }
        }
    }
}
