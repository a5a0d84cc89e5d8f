internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

extension MixtureParameters {
    /// The negative log-densities of the training rows, each under the mixture without what the row itself gave to it.
    ///
    /// A component's share, mean and covariance that a row of responsibility r is taken out of have closed forms
    /// (Sherman & Morrison's for full covariances), so that no mixture is fitted anew. A component that was made of the
    /// row alone vanishes: a lonely row cannot vouch for itself. A tied covariance, which all rows share, stays.
    ///
    /// - Parameter counts: as how many equal rows each row counts, one of which is taken out; `nil` for 1.
    func leaveOneOutScores(
        of matrix: Matrix, weights counts: [Double]?, form: MixtureCovariance, execution: Execution
    ) throws -> [Double] {
        let width = matrix.columnCount
        let components = componentCount
        let rowCount = counts?.reduce(0, +) ?? Double(matrix.rowCount)
        return try matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(matrix.rowCount, blockSize: mixtureBlock) { rows, scores in
                guard let start = source.buffer.baseAddress, let sums = scores.baseAddress else { return }
                let block = start + rows.lowerBound * width
                let size = rows.count * components
                var shares = [Double](repeating: 0, count: size)
                var scratch = [Double](repeating: 0, count: scratchCount(rows: rows.count))
                logDensities(of: block, count: rows.count, scratch: &scratch, into: &shares)
                let densities = shares
                normalize(&shares, count: rows.count, into: sums)
                var terms = [Double](repeating: 0, count: components)
                for row in 0..<rows.count {
                    let part = min(1, counts?[rows.lowerBound + row] ?? 1)
                    for component in 0..<components {
                        let index = row * components + component
                        terms[component] = logDensityWithout(
                            row: block + row * width, share: part * shares[index], component: component,
                            logDensity: densities[index], rowCounts: (rowCount, rowCount - part), form: form)
                    }
                    let peak = terms.max() ?? -.infinity
                    // Nothing is left of a mixture of a single row: the row keeps its score.
                    if peak.isFinite { sums[row] = peak + log(terms.reduce(0) { $0 + exp($1 - peak) }) }
                    sums[row].negate()
                }
            }
        }
    }

    private func logDensityWithout(
        row: UnsafePointer<Double>, share: Double, component: Int, logDensity: Double,
        rowCounts: (all: Double, rest: Double),
        form: MixtureCovariance
    ) -> Double {
        let size = weights[component] * rowCounts.all
        let rest = size - share
        guard rest > 1e-6 else { return -.infinity }
        let growth = size / rest
        let ratio = share / rest
        let squares = max(0, 2 * (logPeaks[component] - logDensity))
        let dimensions = Double(means.columnCount)
        // What the row's own pull leaves of the variance in its direction; rounding must not make it negative.
        func left(_ squares: Double) -> Double { max(1 - ratio * squares, 1e-12) }
        let distance: Double
        let logDeterminant: Double
        switch form {
        case .full:
            let left = left(squares)
            distance = growth * squares / left
            logDeterminant = dimensions * log(growth) + log(left)
        case .tied:
            distance = growth * growth * squares
            logDeterminant = 0
        case .spherical:
            let left = left(squares / dimensions)
            distance = growth * squares / left
            logDeterminant = dimensions * (log(growth) + log(left))
        case .diagonal:
            var sum = 0.0
            var product = 0.0
            for column in 0..<means.columnCount {
                let value = (row[column] - means[component, column]) * transforms[component][0, column]
                let left = left(value * value)
                sum += growth * value * value / left
                product += log(left)
            }
            distance = sum
            logDeterminant = dimensions * log(growth) + product
        }
        return logPeaks[component] - log(weights[component]) + log(rest / rowCounts.rest)
            - 0.5 * (distance + logDeterminant)
    }
}
