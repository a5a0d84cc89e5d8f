internal import OutlierCore

/// min ½ αᵀKα under 0 ≤ αᵢ ≤ wᵢ, Σα = ν·Σw: the dual of the one-class support vector machine, scaled as libsvm scales it.
struct OneClassProblem {
    let rows: RowTable
    let function: KernelFunction
    let nu: Double
    /// wᵢ, the most that each α may be: 1, or as how many equal rows the row counts. Above 0.
    let bounds: [Double]
    /// The kernel of each row with itself.
    let diagonal: [Double]
    /// The optimum is reached where no pair of variables has gradients further on the wrong side of each other.
    let tolerance: Double
    let shrinking: Bool
    let cacheBytes: Int
    let context: FitContext

    /// Σα.
    var total: Double { nu * bounds.reduce(0, +) }

    /// α = w for the first rows of `order`, as many as ``total`` is enough for, and what is left of it for the next.
    func filled(inOrder order: some Sequence<Int>) -> [Double] {
        var alpha = [Double](repeating: 0, count: rows.count)
        var left = total
        for index in order {
            if left <= 0 { break }
            alpha[index] = min(bounds[index], left)
            left -= bounds[index]
        }
        return alpha
    }

    /// Kα.
    func gradient(of alpha: [Double]) throws -> [Double] {
        let support = alpha.indices.filter { alpha[$0] != 0 }
        let panels = PointPanels(rows, indices: support.map(Int32.init), weights: support.map { alpha[$0] })
        return try panels.weightedSums(rows, function: function.native, execution: context.execution)
    }
}

/// A point at which sequential minimal optimisation may begin or where it has ended.
struct OneClassSolution {
    var alpha: [Double]
    /// Kα.
    var gradient: [Double]

    /// The offset of the decision function: what Kα is where 0 < αᵢ < wᵢ, or the middle of what it may be.
    ///
    /// - Parameter bounds: the most that each α may be.
    func offset(bounds: [Double]) -> Double {
        var sum = 0.0
        var count = 0.0
        var lower = -Double.infinity
        var upper = Double.infinity
        for (index, value) in alpha.enumerated() {
            let slope = gradient[index]
            if value >= bounds[index] {
                lower = max(lower, slope)
            } else if value <= 0 {
                upper = min(upper, slope)
            } else {
                sum += slope
                count += 1
            }
        }
        if count > 0 { return sum / count }
        if lower == -.infinity { return upper }
        if upper == .infinity { return lower }
        return (lower + upper) / 2
    }
}
