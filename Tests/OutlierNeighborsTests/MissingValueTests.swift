import OutlierCore
import OutlierNeighbors
import OutlierTesting
import Testing

@Suite struct MissingValueTests {
    /// scikit-learn's nan_euclidean_distances, by its definition.
    private func distance(_ first: [Double], _ second: [Double]) -> Double {
        let common = zip(first, second).filter { !$0.isNaN && !$1.isNaN }
        if common.isEmpty { return .infinity }
        var sum = 0.0
        for (one, other) in common { sum += (one - other) * (one - other) }
        let scale = Double(first.count) / Double(common.count)
        return (sum * scale).squareRoot()
    }

    @Test(arguments: KNearestNeighbors.Method.allCases) func partialDistances(_ method: KNearestNeighbors.Method) throws
    {
        let holed = SyntheticData.withHoles(SyntheticData.clusters(rows: 150, columns: 5).data, share: 0.3)
        let rows = (0..<150).map { holed.matrix.row($0) }
        let count = 4
        let fit = try KNearestNeighbors(neighbors: count, method: method).fitAndScore(holed)
        let (model, scores) = (fit.model, fit.scores.values)
        func expected(_ row: [Double], without own: Int?) -> Double {
            let others = rows.indices.filter { $0 != own }
            // Neighbours have at least two thirds of the row's own columns, where there are enough of them.
            let fewest = (Double(row.count { !$0.isNaN }) * 2 / 3).rounded(.up)
            let close = others.filter { other in
                Double(zip(row, rows[other]).count { !$0.isNaN && !$1.isNaN }) >= fewest
            }
            let compared = close.count < count ? others : close
            let distances: [Double] = compared.map { distance(row, rows[$0]) }
            let near: [Double] = Array(distances.sorted().prefix(count))
            switch method {
            case .largest: return near[count - 1]
            case .mean: return near.reduce(0, +) / Double(count)
            case .median: return (near[1] + near[2]) / 2
            }
        }
        for row in rows.indices where rows[row].contains(where: { !$0.isNaN }) {
            let difference: Double = scores[row] - expected(rows[row], without: row)
            #expect(abs(difference) < 1e-9)
        }
        let new: [[Double]] = [[1, .nan, 0.5, .nan, 2], [0.1, 0.2, 0.3, 0.4, 0.5]]
        let found = try model.scores(of: Dataset(rows: new)).values
        for (row, score) in zip(new, found) {
            let difference: Double = score - expected(row, without: nil)
            #expect(abs(difference) < 1e-9)
        }
        let nothing = try Dataset(rows: [[Double](repeating: .nan, count: 5)])
        #expect(try model.scores(of: nothing).values == [0])
    }

    @Test func completeRowsAreSearchedAsBefore() throws {
        let data = SyntheticData.clusters(rows: 100, columns: 4).data
        let model = try KNearestNeighbors().fit(data)
        let alone = try model.scores(of: data.rows(5..<6)).values
        var matrix = data.rows(5..<7).matrix
        matrix[1, 2] = .nan
        #expect(try model.scores(of: data.rows(5..<7).replacing(matrix))[0] == alone[0])
    }

    /// By any metric, a row that has one column in common and the same value there is no neighbour.
    @Test(arguments: [NeighborMetric.euclidean, .manhattan, .minkowski])
    func fewCommonColumnsAreNoNeighbors(_ metric: NeighborMetric) throws {
        let hole = Double.nan
        let data = try Dataset(
            rows: [[0, 0, 0, 0], [0, hole, hole, hole], [0, hole, hole, hole], [1, 1, 1, 1]])
        let model = try KNearestNeighbors(neighbors: 1, metric: metric, power: 1).fit(data)
        #expect(try model.scores(of: Dataset(rows: [[0, 1, 1, 1]])).values == [1])
        // Where more neighbours are wanted than there are, none is left out: 0, 0 and 1.
        let lonely = try KNearestNeighbors(neighbors: 3, metric: metric, power: 1).fit(data)
        #expect(try lonely.scores(of: Dataset(rows: [[0, 1, 1, 1]])).values == [1])
    }

    @Test func manhattanOfCommonColumns() throws {
        let data = try Dataset(rows: [[0, 0, 0], [1, .nan, 3], [.nan, 5, 1], [9, 9, 9]])
        let scores = try KNearestNeighbors(neighbors: 1, metric: .manhattan).fitAndScore(data).scores.values
        // For the last row: 4 and 8 of two columns count as 18 of three. The third has but one column of the second.
        #expect(scores == [6, 6, 9, 18])
    }
}
