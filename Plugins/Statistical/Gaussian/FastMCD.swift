internal import LinearAlgebra
internal import OutlierCore
import OutlierNumerics

/// The search for the `support` rows whose covariance matrix has the least determinant.
struct FastMCD {
    /// The location and the covariance (divided by their number) of some rows.
    struct Estimate: Sendable {
        let location: [Double]
        let shape: GaussianShape
        /// The rows, ascending.
        let support: [Int]

        init(location: [Double], shape: GaussianShape, support: [Int]) {
            self.location = location
            self.shape = shape
            self.support = support
        }

        /// That of all rows.
        init(all matrix: Matrix, _ covariance: Covariance) throws {
            location = covariance.means
            shape = try GaussianShape(covariance: covariance.matrix, location: covariance.means)
            support = Array(0..<matrix.rowCount)
        }

        /// Whether the determinant is lower: a hyperplane of fewer dimensions first, then the determinant within it.
        func isBetter(than other: Estimate) -> Bool {
            (shape.rank, shape.logDeterminant) < (other.shape.rank, other.shape.logDeterminant)
        }
    }

    let matrix: Matrix
    let support: Int
    let context: FitContext
    /// How often a start may take one row more before it takes twice as many.
    private static let smallSteps = 5

    /// How much work the search does, by the size of the table.
    private struct Plan {
        /// Rows of a part of the first stage, and how many parts.
        var partSize: Int
        var parts: Int
        /// Random starts in all, and how many of each part go on.
        var starts = 500
        var best = 10

        init(rows: Int, columns: Int, support: Int) {
            partSize = rows
            parts = 1
            if rows > 600 {
                let parts = min(5, rows / 300)
                // A part must have rows enough for a covariance matrix of full rank.
                if 300 * support / rows > 2 * columns { (partSize, self.parts) = (300, parts) }
            }
            // Many columns: fewer starts, each of which has to look into more directions and costs far more.
            let width = Double(columns)
            let step = 2 * Double(partSize) * width * width + 25 * width * width * width
            starts = min(500, max(parts * best, Int(2.5e9 / step)))
            if step > 1e9 { (starts, best) = (10, 2) }
        }
    }

    func estimate() throws -> Estimate {
        if support == matrix.rowCount { return try estimate(of: Array(0..<support), in: matrix) }
        if matrix.columnCount == 1 { return try univariate() }
        let plan = Plan(rows: matrix.rowCount, columns: matrix.columnCount, support: support)
        var random = context.random(stream: -1)
        let order = random.sample(min(matrix.rowCount, plan.partSize * plan.parts), below: matrix.rowCount)

        // 1. Random starts within each part.
        let startsOfPart = plan.starts / plan.parts
        var candidates: [Estimate] = []
        for part in 0..<plan.parts {
            let rows = plan.parts == 1 ? nil : order[part * plan.partSize..<(part + 1) * plan.partSize]
            let table = rows.map { matrix.selectingRows($0) } ?? matrix
            let kept = share(of: table)
            let found = try parallel(startsOfPart) { index in
                var random = context.random(stream: part * startsOfPart + index)
                let start = try start(in: table, atMost: kept, random: &random)
                return try concentrate(start, in: table, kept: kept, steps: 2)
            }
            candidates += best(plan.best, of: found)
            context.report(0.6 * Double(part + 1) / Double(plan.parts), stage: "starts")
        }

        // 2. The union of the parts.
        if plan.parts > 1 {
            let union = matrix.selectingRows(order)
            let kept = share(of: union)
            let starts = candidates
            candidates = best(
                plan.best,
                of: try parallel(starts.count) { try concentrate(starts[$0], in: union, kept: kept, steps: 2) })
            context.report(0.7, stage: "union")
        }

        // 3. All rows, until nothing changes.
        let starts = candidates
        let final = try parallel(starts.count) {
            try concentrate(starts[$0], in: matrix, kept: support, steps: 100)
        }
        guard let result = best(1, of: final).first else {
            throw OutlierError(.numericalFailure, "no start gave an estimate")
        }
        context.report(0.95, stage: "concentration")
        return result
    }

    /// How many rows of a part correspond to `support` rows of the whole.
    private func share(of table: Matrix) -> Int {
        if table.rowCount == matrix.rowCount { return support }
        return min(table.rowCount, Shares.ceiling(Double(support) / Double(matrix.rowCount), of: table.rowCount))
    }

    /// A start from as few random rows as span the space, as the paper has it: few rows hold few anomalies.
    private func start(in table: Matrix, atMost most: Int, random: inout RandomSource) throws -> Estimate {
        let order = random.sample(most, below: table.rowCount)
        var count = min(most, table.columnCount + 1)
        var tries = 0
        while true {
            let estimate = try estimate(of: Array(order.prefix(count)), in: table)
            if estimate.shape.rank == table.columnCount || count == most { return estimate }
            // A row more may do. Where it does not, a direction is rare among the rows, and each try is dear.
            tries += 1
            count = min(most, tries <= Self.smallSteps ? count + 1 : 2 * count)
        }
    }

    /// C-steps: each takes the rows that are nearest by the last estimate, and cannot raise the determinant.
    private func concentrate(_ start: Estimate, in table: Matrix, kept: Int, steps: Int) throws -> Estimate {
        var current = start
        for step in 0..<steps {
            try context.checkCancellation()
            let distances = try PackedColumns(current.shape.transform).weightedSquares(
                table, centers: current.location, execution: Execution(threads: 1))
            let nearest = smallest(kept, of: distances)
            if nearest == current.support { return current }
            let next = try estimate(of: nearest, in: table)
            // The start has fewer rows, so that its determinant says nothing; later rounding alone could raise it.
            if step > 0 && current.support.count == kept && !next.isBetter(than: current) { return current }
            current = next
        }
        return current
    }

    private func estimate(of rows: [Int], in table: Matrix) throws -> Estimate {
        let covariance = try Covariance(
            of: table.selectingRows(rows), lostDegrees: 0, execution: Execution(threads: 1))
        return Estimate(
            location: covariance.means,
            shape: try GaussianShape(covariance: covariance.matrix, location: covariance.means),
            support: rows.sorted())
    }

    /// The best estimates, of equals the first found.
    private func best(_ count: Int, of estimates: [Estimate]) -> [Estimate] {
        let order = estimates.indices.sorted { first, second in
            if estimates[first].isBetter(than: estimates[second]) { return true }
            return !estimates[second].isBetter(than: estimates[first]) && first < second
        }
        return order.prefix(count).map { estimates[$0] }
    }

    private func parallel(_ count: Int, _ body: @Sendable (Int) throws -> Estimate) throws -> [Estimate] {
        var results = [Estimate?](repeating: nil, count: count)
        try results.withUnsafeMutableBufferPointer { results in
            let results = SharedBuffer(results)
            try context.execution.forEach(count) { results.buffer[$0] = try body($0) }
        }
        return results.compactMap { $0 }
    }

    /// One column: the window of sorted values with the least variance, exactly (Rousseeuw & Leroy, 1987, chapter 4).
    private func univariate() throws -> Estimate {
        let values = matrix.values
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        let center = values[order[order.count / 2]]
        let kept = Double(support)
        var sum = 0.0
        var squares = 0.0
        var bestStart = 0
        var least = Double.infinity
        for (position, index) in order.enumerated() {
            let value = values[index] - center
            sum += value
            squares += value * value
            if position >= support {
                let leaving = values[order[position - support]] - center
                sum -= leaving
                squares -= leaving * leaving
            }
            let variance = squares - sum * sum / kept
            if position >= support - 1 && variance < least {
                least = variance
                bestStart = position - support + 1
            }
        }
        return try estimate(of: Array(order[bestStart..<bestStart + support]), in: matrix)
    }
}

/// The indices of the `count` smallest values, ascending; of equal values those that come first.
func smallest(_ count: Int, of values: [Double]) -> [Int] {
    guard count < values.count else { return Array(values.indices) }
    guard count > 0 else { return [] }
    let bound = orderStatistic(count - 1, of: values)
    var result: [Int] = []
    result.reserveCapacity(count)
    var ties = count - values.reduce(0) { $0 + ($1 < bound ? 1 : 0) }
    for (index, value) in values.enumerated() {
        if value < bound {
            result.append(index)
        } else if value == bound && ties > 0 {
            result.append(index)
            ties -= 1
        }
    }
    return result
}

/// The value that stands at `rank`, from 0, when the values are sorted. No value may be NaN.
private func orderStatistic(_ rank: Int, of values: [Double]) -> Double {
    var values = values
    return values.withUnsafeMutableBufferPointer { values in
        var low = 0
        var high = values.count - 1
        while low < high {
            // Hoare's partition around the median of three.
            let middle = low + (high - low) / 2
            let (a, b, c) = (values[low], values[middle], values[high])
            let pivot = max(min(a, b), min(max(a, b), c))
            var left = low
            var right = high
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                return values[rank]
            }
        }
        return values[rank]
    }
}
