internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The parameters of a mixture, and what its density needs.
struct MixtureParameters: Sendable {
    /// One a component; they add up to 1.
    let weights: [Double]
    /// Components × columns.
    let means: Matrix
    /// T with T Tᵀ = C⁻¹, one a component: columns × columns; or, where covariances are diagonal, one row of
    /// 1 / standard deviation.
    let transforms: [Matrix]
    let isDiagonal: Bool
    /// log w + log det T − d/2 · log 2π: the logarithm of the density at a component's mean, with its weight.
    let logPeaks: [Double]
    private let kernels: [PackedColumns]

    init(weights: [Double], means: Matrix, transforms: [Matrix], isDiagonal: Bool) {
        self.weights = weights
        self.means = means
        self.transforms = transforms
        self.isDiagonal = isDiagonal
        let constant = Double(means.columnCount) / 2 * log(2 * Double.pi)
        logPeaks = zip(weights, transforms).map { weight, transform in
            let scale = isDiagonal ? transform.values : transform.diagonal
            return log(weight) + scale.reduce(0) { $0 + log(abs($1)) } - constant
        }
        kernels = isDiagonal ? [] : transforms.map { PackedColumns($0) }
    }

    var componentCount: Int { weights.count }

    /// log wₖ N(x; mₖ, Cₖ) for consecutive rows, rows × components.
    ///
    /// - Parameter buffer: room for ``scratchCount(rows:)`` numbers.
    func logDensities(
        of rows: UnsafePointer<Double>, count: Int, scratch: UnsafeMutablePointer<Double>,
        into result: UnsafeMutablePointer<Double>
    ) {
        let width = means.columnCount
        let components = componentCount
        means.withUnsafeBufferPointer { means in
            for component in 0..<components {
                let center = Array(means[component * width..<(component + 1) * width])
                let squares = scratch
                if isDiagonal {
                    transforms[component].withUnsafeBufferPointer { scales in
                        for row in 0..<count {
                            var sum = 0.0
                            for column in 0..<width {
                                let value = (rows[row * width + column] - center[column]) * scales[column]
                                sum += value * value
                            }
                            squares[row] = sum
                        }
                    }
                } else {
                    kernels[component].squaredLengths(
                        rows, count: count, centers: center, scratch: scratch + count, into: squares)
                }
                for row in 0..<count {
                    result[row * components + component] = logPeaks[component] - 0.5 * squares[row]
                }
            }
        }
    }

    /// How many numbers of scratch memory `count` rows need.
    func scratchCount(rows count: Int) -> Int {
        let width = means.columnCount
        return count * (1 + width) + (kernels.first?.scratchCount ?? 0)
    }

    /// Replaces log-densities by responsibilities and gives each row's log-density under the mixture.
    func normalize(
        _ densities: UnsafeMutablePointer<Double>, count: Int, into logSums: UnsafeMutablePointer<Double>
    ) {
        let components = componentCount
        for row in 0..<count {
            let values = densities + row * components
            var peak = -Double.infinity
            for component in 0..<components { peak = max(peak, values[component]) }
            logSums[row] = peak
            if peak.isFinite { for component in 0..<components { values[component] -= peak } }
        }
        exponentiate(UnsafeMutableBufferPointer(start: densities, count: count * components))
        for row in 0..<count {
            let values = densities + row * components
            var sum = 0.0
            for component in 0..<components { sum += values[component] }
            for component in 0..<components { values[component] /= sum }
            logSums[row] += log(sum)
        }
    }
}
