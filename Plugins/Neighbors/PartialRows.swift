internal import Distances
import Foundation
internal import OutlierCore

/// Rows of which some lack values, and their neighbours by the columns that two rows have in common.
///
/// The mean over few common columns scatters more than that over many: were all points compared, the nearest ones would be
/// those that have one column in common, and by chance nearly the same value there. So a neighbour has at least two
/// thirds of the columns that the row has (``commonShare``). A row with fewer such points than neighbours are asked for is
/// compared with all points.
struct PartialRows: Sendable {
    /// The part of a row's own columns that a neighbour has.
    static let commonShare = 2.0 / 3

    private let search: PartialNeighborSearch
    let metric: NeighborMetric
    let power: Double

    var points: Matrix { search.points }

    /// In whole columns, with room for the rounding of two thirds.
    private static func fewestCommon(_ row: [Double]) -> Double {
        (commonShare * Double(row.count { !$0.isNaN }) - 1e-9).rounded(.up)
    }

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
                count, to: rows, targets: (0..<rows.rowCount).map { .init(query: $0) }, commonShare: Self.commonShare,
                queriesArePoints: areOwn, execution: execution)
            table.indices = found.indices
            table.distances = found.distances
            try fillIn(&table, rows, count: count, areOwn: areOwn, execution: execution)
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

    /// Compares with all points the rows that have too few points with enough columns in common.
    private func fillIn(
        _ table: inout NeighborTable, _ rows: Matrix, count: Int, areOwn: Bool, execution: Execution
    ) throws {
        let targets = (0..<rows.rowCount).filter { table.distances[($0 + 1) * count - 1].isInfinite }
        if targets.isEmpty { return }
        let found = try search.nearest(
            count, to: rows, targets: targets.map { .init(query: $0) }, queriesArePoints: areOwn, execution: execution)
        for (position, row) in targets.enumerated() {
            let places = position * count..<(position + 1) * count
            table.distances.replaceSubrange(table.range(of: row), with: found.distances[places])
            table.indices.replaceSubrange(table.range(of: row), with: found.indices[places])
        }
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
                    let fewest = Self.fewestCommon(own)
                    var near: [Double] = []
                    for limit in [fewest, 0] where near.count < count {
                        near = []
                        for point in 0..<points.rowCount where !(areOwn && point == row) {
                            let other = UnsafeBufferPointer(
                                rebasing: values.buffer[point * width..<(point + 1) * width])
                            let distance = self.distance(own, other, fewestCommon: limit)
                            if distance.isInfinite || near.count == count && distance >= near[count - 1] { continue }
                            if near.count == count { near.removeLast() }
                            near.insert(distance, at: near.firstIndex { $0 > distance } ?? near.count)
                        }
                    }
                    for (place, distance) in near.enumerated() { target.buffer[row * count + place] = distance }
                }
            }
        }
        return distances
    }

    /// By the columns that both have, as if the others differed as much; infinite where there are too few.
    private func distance(
        _ first: [Double], _ second: UnsafeBufferPointer<Double>, fewestCommon: Double
    ) -> Double {
        var (sum, largest, common) = (0.0, 0.0, 0.0)
        var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0)
        // Powers of what the largest number is taken out of neither overflow nor vanish.
        var (firstUnit, secondUnit) = (0.0, 0.0)
        for column in first.indices {
            let (one, other) = (first[column], second[column])
            if one.isNaN || other.isNaN { continue }
            if metric == .cosine {
                (firstUnit, secondUnit) = (max(firstUnit, abs(one)), max(secondUnit, abs(other)))
            } else {
                largest = max(largest, abs(one - other))
            }
        }
        for column in first.indices {
            let (one, other) = (first[column], second[column])
            if one.isNaN || other.isNaN { continue }
            common += 1
            if metric == .cosine {
                guard firstUnit > 0, secondUnit > 0 else { continue }
                product += one / firstUnit * (other / secondUnit)
                firstSquare += one / firstUnit * (one / firstUnit)
                secondSquare += other / secondUnit * (other / secondUnit)
                continue
            }
            guard largest > 0 else { continue }
            let difference = abs(one - other) / largest
            switch metric {
            case .cosine, .chebyshev: break
            case .manhattan: sum += difference
            case .minkowski: sum += pow(difference, power)
            case .euclidean: sum += difference * difference
            }
        }
        if common < max(1, fewestCommon) { return .infinity }
        let scale = Double(first.count) / common
        switch metric {
        case .cosine:
            let lengths = firstSquare.squareRoot() * secondSquare.squareRoot()
            // A row without a direction is at a right angle to every other.
            return lengths > 0 && lengths.isFinite ? max(0, 1 - product / lengths) : 1
        case .chebyshev: return largest
        case .manhattan: return largest * (sum * scale)
        case .minkowski: return largest * pow(sum * scale, 1 / power)
        case .euclidean: return largest * (sum * scale).squareRoot()
        }
    }
}
