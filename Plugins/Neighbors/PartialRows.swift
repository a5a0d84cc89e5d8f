import Foundation
internal import LinearAlgebra
internal import OutlierCore

/// Rows of which some lack values, and their neighbours by the columns that two rows have in common.
struct PartialRows: Sendable {
    private let search: PartialNeighborSearch
    let metric: NeighborMetric
    let power: Double

    var points: Matrix { search.points }

    init(_ points: Matrix, metric: NeighborMetric, power: Double) {
        search = PartialNeighborSearch(points)
        self.metric = metric
        self.power = power
    }

    /// - Parameter areOwn: whether the rows are the points, none of which is then its own neighbour.
    func neighbors(
        of rows: Matrix, count: Int, areOwn: Bool, execution: Execution
    ) throws -> NeighborTable {
        var table = NeighborTable(rowCount: rows.rowCount, neighborCount: count)
        if metric == .euclidean {
            let found = try search.nearest(
                count, to: rows, targets: (0..<rows.rowCount).map { .init(query: $0) }, queriesArePoints: areOwn,
                execution: execution)
            table.indices = found.indices
            table.distances = found.distances
        } else {
            table.distances = try compareAll(rows, count: count, areOwn: areOwn, execution: execution)
        }
        for row in 0..<rows.rowCount {
            // Where fewer are found than asked for, the farthest of them stands for the rest.
            var last = 0.0
            for place in table.range(of: row) {
                if table.distances[place].isFinite {
                    last = table.distances[place]
                } else {
                    table.distances[place] = last
                }
            }
        }
        return table
    }

    /// The distances to the nearest points by any metric: every row is compared with every point.
    private func compareAll(
        _ rows: Matrix, count: Int, areOwn: Bool, execution: Execution
    ) throws -> [Double] {
        let width = points.columnCount
        var distances = [Double](repeating: .infinity, count: rows.rowCount * count)
        try distances.withUnsafeMutableBufferPointer { target in
            let target = SharedBuffer(target)
            try points.withUnsafeBufferPointer { values in
                let values = SharedReadBuffer(values)
                try execution.forEach(rows.rowCount) { row in
                    let own = rows.row(row)
                    var near: [Double] = []
                    for point in 0..<points.rowCount where !(areOwn && point == row) {
                        let other = UnsafeBufferPointer(rebasing: values.buffer[point * width..<(point + 1) * width])
                        let distance = self.distance(own, other)
                        if near.count == count, distance >= near[count - 1] { continue }
                        if near.count == count { near.removeLast() }
                        near.insert(distance, at: near.firstIndex { $0 > distance } ?? near.count)
                    }
                    for (place, distance) in near.enumerated() { target.buffer[row * count + place] = distance }
                }
            }
        }
        return distances
    }

    /// By the columns that both have, as if the others differed as much; infinite where there is none.
    private func distance(_ first: [Double], _ second: UnsafeBufferPointer<Double>) -> Double {
        var (sum, largest, common) = (0.0, 0.0, 0.0)
        var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0)
        for column in first.indices {
            let (one, other) = (first[column], second[column])
            let difference = abs(one - other)
            if difference.isNaN { continue }
            common += 1
            switch metric {
            case .cosine:
                product += one * other
                firstSquare += one * one
                secondSquare += other * other
            case .chebyshev: largest = max(largest, difference)
            case .manhattan: sum += difference
            case .minkowski: sum += pow(difference, power)
            case .euclidean: sum += difference * difference
            }
        }
        if common == 0 { return .infinity }
        let scale = Double(first.count) / common
        switch metric {
        case .cosine:
            let lengths = firstSquare.squareRoot() * secondSquare.squareRoot()
            // A row without a direction is at a right angle to every other.
            return lengths > 0 && lengths.isFinite ? max(0, 1 - product / lengths) : 1
        case .chebyshev: return largest
        case .manhattan: return sum * scale
        case .minkowski: return pow(sum * scale, 1 / power)
        case .euclidean: return (sum * scale).squareRoot()
        }
    }
}
