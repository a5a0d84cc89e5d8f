import Distances
import OutlierCore

/// The training rows near a row: those that are among the nearest in most of some subsets of the columns.
struct LocalRegions: Sendable {
    static let iterations = 20
    /// The rows whose neighbours are in memory at once.
    private static let rowsAtOnce = 8192

    let rows: Matrix
    let subsets: [[Int]]
    /// How many neighbours are looked at in each subset.
    let size: Int
    /// One search for each different subset, and how often the subset was drawn.
    private let searches: [(search: NeighborSearch, features: [Int], weight: Int)]

    init(rows: Matrix, subsets: [[Int]], size: Int, execution: Execution) throws {
        self.rows = rows
        self.subsets = subsets
        self.size = size
        var weights: [[Int]: Int] = [:]
        for subset in subsets { weights[subset, default: 0] += 1 }
        var seen: Set<[Int]> = []
        searches = try subsets.filter { seen.insert($0).inserted }.map { features in
            try execution.checkCancellation()
            return (
                try NeighborSearch(rows.selectingColumns(features), execution: execution), features,
                weights[features] ?? 1
            )
        }
    }

    /// Calls `body` with the number of each row of `matrix` and its region: ascending numbers of training rows, at least two.
    func forEach(
        of matrix: Matrix, execution: Execution, progress: (Double) -> Void,
        _ body: @Sendable (Int, [Int]) -> Void
    ) throws {
        for first in stride(from: 0, to: matrix.rowCount, by: LocalRegions.rowsAtOnce) {
            let range = first..<min(first + LocalRegions.rowsAtOnce, matrix.rowCount)
            let queries = matrix.rows(range)
            var found: [(indices: [Int32], weight: Int)] = []
            for (search, features, weight) in searches {
                try execution.checkCancellation()
                let table = try search.neighbors(
                    of: queries.selectingColumns(features), count: size, execution: execution)
                found.append((table.indices, weight))
            }
            let tables = found
            try execution.forEachBlock(of: range.count, size: 256) { block in
                // The counts of the last row are taken back one by one: there are few of them and many rows.
                var counts = [UInt8](repeating: 0, count: rows.rowCount)
                for row in block {
                    var candidates: [Int] = []
                    for (indices, weight) in tables {
                        for position in row * size..<(row + 1) * size {
                            let neighbor = Int(indices[position])
                            if counts[neighbor] == 0 { candidates.append(neighbor) }
                            counts[neighbor] += UInt8(weight)
                        }
                    }
                    candidates.sort()
                    body(range.lowerBound + row, LocalRegions.region(candidates, counts: counts))
                    for candidate in candidates { counts[candidate] = 0 }
                }
            }
            progress(Double(range.upperBound) / Double(matrix.rowCount))
        }
    }

    /// Those that came up in more than half of the subsets; where they are less than two, as few less often as it takes.
    private static func region(_ candidates: [Int], counts: [UInt8]) -> [Int] {
        var threshold = iterations / 2
        while true {
            let region = candidates.filter { Int(counts[$0]) > threshold }
            if region.count > 1 || threshold == 0 { return region }
            threshold -= 1
        }
    }

    func encode(to archive: inout ModelArchive) {
        archive.store(rows, as: "rows")
        archive.store(subsets.flatMap { $0 }, as: "subset-features")
        archive.store(subsets.map(\.count), as: "subset-sizes")
        archive.store(size, as: "region-size")
    }

    init(from archive: ModelArchive) throws {
        let rows = try archive.matrix("rows")
        guard rows.rowCount > 1, rows.columnCount > 0,
            rows.withUnsafeBufferPointer({ $0.allSatisfy { $0.isFinite } })
        else { throw OutlierError(.invalidModel, "the model's training rows are not usable") }
        let features = try archive.integers("subset-features", in: 0...rows.columnCount - 1)
        var subsets: [[Int]] = []
        var start = 0
        for size in try archive.integers(
            "subset-sizes", count: LocalRegions.iterations, in: 1...rows.columnCount)
        {
            guard size <= features.count - start else {
                throw OutlierError(.invalidModel, "the model's subsets need more features than there are")
            }
            subsets.append(Array(features[start..<start + size]))
            start += size
        }
        guard start == features.count else {
            throw OutlierError(.invalidModel, "the model's subsets need fewer features than there are")
        }
        let size = try archive.integer("region-size", in: 2...rows.rowCount)
        try self.init(rows: rows, subsets: subsets, size: size, execution: Execution())
    }
}
