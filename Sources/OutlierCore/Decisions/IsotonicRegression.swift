/// The non-decreasing curve that fits zeros and ones best in the sense of least squares, by pooling adjacent violators;
/// straight between its knots, constant beyond them, as scikit-learn's with `out_of_bounds="clip"`.
///
/// Paper: B. Zadrozny, C. Elkan: *Transforming Classifier Scores into Accurate Multiclass Probability Estimates*, 2002;
/// R. E. Barlow et al.: *Statistical Inference under Order Restrictions*, 1972.
struct IsotonicRegression: Sendable {
    /// Ascending, no two equal.
    let positions: [Double]
    /// Non-decreasing, 0...1.
    let values: [Double]

    /// - Throws: ``OutlierError/Code/invalidModel`` where the curve is none.
    init(positions: [Double], values: [Double]) throws {
        guard !positions.isEmpty, positions.count == values.count,
            zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 }), values.allSatisfy({ $0 >= 0 && $0 <= 1 })
        else { throw OutlierError(.invalidModel, "the curve of probabilities is damaged") }
        self.positions = positions
        self.values = values
    }

    init(_ scores: [Double], labels: [Label]) throws {
        let knowsNormal = labels.contains(.normal)
        var rows = zip(scores, labels).filter { !knowsNormal || $0.1 != .unlabeled }
            .map { (score: $0.0, target: $0.1 == .anomaly ? 1.0 : 0) }
        rows.sort { $0.score < $1.score }
        // Equal scores are one point.
        var points: [(position: Double, sum: Double, weight: Double)] = []
        for row in rows {
            if let last = points.last, last.position == row.score {
                points[points.count - 1].sum += row.target
                points[points.count - 1].weight += 1
            } else {
                points.append((row.score, row.target, 1))
            }
        }
        // Blocks of points, each below the next in its mean.
        var blocks: [(first: Int, last: Int, sum: Double, weight: Double)] = []
        for (index, point) in points.enumerated() {
            var block = (first: index, last: index, sum: point.sum, weight: point.weight)
            while let last = blocks.last, last.sum * block.weight >= block.sum * last.weight {
                block = (last.first, block.last, last.sum + block.sum, last.weight + block.weight)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        var positions: [Double] = []
        var values: [Double] = []
        for block in blocks {
            let value = block.sum / block.weight
            positions.append(points[block.first].position)
            values.append(value)
            guard block.last > block.first else { continue }
            positions.append(points[block.last].position)
            values.append(value)
        }
        try self.init(positions: positions, values: values)
    }

    func value(_ score: Double) -> Double {
        let next = SortedSearch.count(below: score, in: positions)
        if next == positions.count { return values[next - 1] }
        if next == 0 || positions[next] == score { return values[next] }
        let low = positions[next - 1]
        let high = positions[next]
        // A gap without end has no inside.
        guard low.isFinite, high.isFinite else { return values[low.isFinite ? next - 1 : next] }
        let share = (score / 2 - low / 2) / (high / 2 - low / 2)
        return min(values[next], values[next - 1] + share * (values[next] - values[next - 1]))
    }
}
