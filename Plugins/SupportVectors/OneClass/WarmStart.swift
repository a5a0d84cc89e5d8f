internal import OutlierCore

extension OneClassProblem {
    /// Tables up to this size begin with the first rows.
    private static var smallest: Int { 1000 }

    /// Where to begin: near the optimum where the kernel allows it.
    ///
    /// A quarter of the rows, solved roughly (and itself begun with a quarter of them), tells which rows lie outside;
    /// those begin with the largest α. The optimum of a positive semidefinite problem does not depend on where the search
    /// begins, so this only saves steps. For other kernels the search begins with the first rows, as libsvm's does.
    func start() throws -> OneClassSolution {
        var alpha = filled(inOrder: 0..<rows.count)
        if rows.count > OneClassProblem.smallest && function.isPositiveSemidefinite {
            var random = RandomSource(seed: 0, stream: UInt64(rows.count))
            let sample = random.sample(rows.count / 4, below: rows.count).sorted()
            let values = Storage<Double>(uninitialized: sample.count * rows.columns)
            for (position, index) in sample.enumerated() {
                (values.pointer + position * rows.columns).update(from: rows.row(index), count: rows.columns)
            }
            let heights = try withExtendedLifetime(values) {
                let table = RowTable(base: values.pointer, count: sample.count, columns: rows.columns)
                return try roughHeights(
                    of: table, bounds: sample.map { bounds[$0] }, diagonal: sample.map { diagonal[$0] })
            }
            alpha = filled(
                inOrder: heights.indices.sorted { (heights[$0], $0) < (heights[$1], $1) })
        }
        return OneClassSolution(alpha: alpha, gradient: try gradient(of: alpha))
    }

    /// The decision function, up to its scale and offset, that a rough solution for `sample` gives every row.
    private func roughHeights(
        of sample: RowTable, bounds: [Double], diagonal: [Double]
    ) throws -> [Double] {
        let quiet = FitContext(seed: context.seed, execution: context.execution)
        var part = OneClassProblem(
            rows: sample, function: function, nu: nu, bounds: bounds, diagonal: diagonal, tolerance: tolerance,
            shrinking: shrinking, cacheBytes: cacheBytes, context: quiet)
        let start = try part.start()
        // A thousandth of the mean slope places the boundary far better than so few rows know it.
        let mean = start.gradient.reduce(0) { $0 + abs($1) } / Double(sample.count)
        part = OneClassProblem(
            rows: sample, function: function, nu: nu, bounds: bounds, diagonal: diagonal,
            tolerance: max(tolerance, 1e-3 * mean),
            shrinking: shrinking, cacheBytes: cacheBytes, context: quiet)
        let solver = SequentialMinimalOptimization(part, start: start)
        let alpha = try solver.solve().alpha
        let support = alpha.indices.filter { alpha[$0] != 0 }
        let panels = PointPanels(sample, indices: support.map(Int32.init), weights: support.map { alpha[$0] })
        return try panels.weightedSums(rows, function: function.native, execution: context.execution)
    }
}
