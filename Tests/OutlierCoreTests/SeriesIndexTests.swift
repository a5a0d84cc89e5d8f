import OutlierCore
import Testing

@Suite struct SeriesIndexTests {
    private func dataset() throws -> Dataset {
        try Dataset(
            Matrix(rowCount: 6, columnCount: 1, values: [0, 1, 2, 3, 4, 5]), columns: [Column("x")],
            index: SeriesIndex(series: [0..<2, 2..<6], names: ["a", "b"], times: [10, 11, 5, 6, 6, 9]))
    }

    @Test func rangesMustBeConsecutiveAndNotEmpty() {
        for ranges in [[1..<2], [0..<2, 3..<4], [0..<2, 1..<3], [0..<0, 0..<2]] {
            #expect(throws: OutlierError.self) { try SeriesIndex(series: ranges) }
        }
        #expect(throws: OutlierError.self) { try SeriesIndex(series: [0..<2], names: ["a", "b"]) }
    }

    @Test func timesMustAscendWithinASeriesAlone() throws {
        #expect(throws: OutlierError.self) { try SeriesIndex(series: [0..<2], times: [2, 1]) }
        #expect(throws: OutlierError.self) { try SeriesIndex(series: [0..<2], times: [1, .nan]) }
        #expect(throws: OutlierError.self) { try SeriesIndex(series: [0..<2], times: [1]) }
        _ = try SeriesIndex(series: [0..<1, 1..<2], times: [2, 1])
    }

    @Test func anIndexOfOtherRowsIsRefused() throws {
        #expect(throws: OutlierError.self) {
            try Dataset(Matrix(rowCount: 2, columnCount: 1), columns: [Column("x")], index: SeriesIndex(rowCount: 3))
        }
    }

    @Test func rowsThatAscendStaySeries() throws {
        let data = try dataset()
        let view = data.rows(1..<4)
        #expect(view.index?.series == [0..<1, 1..<3])
        #expect(view.index?.names == ["a", "b"])
        #expect(view.index?.times == [11, 5, 6])
        let some = data.selectingRows([3, 5])
        #expect(some.index?.series == [0..<2])
        #expect(some.index?.names == ["b"])
        #expect(data.selectingRows([3, 1]).index == nil)
        #expect(data.selectingRows([]).index?.series == [])
    }

    @Test func otherValuesKeepTheIndex() throws {
        let data = try dataset()
        #expect(try data.replacing(Matrix(rowCount: 6, columnCount: 1)).index == data.index)
        #expect(data.unlabeled.index == data.index)
        #expect(try data.replacing(labels: nil).index == data.index)
        #expect(try data.replacing(index: nil).index == nil)
    }

    @Test func eachSeriesIsAPart() throws {
        let parts = try dataset().seriesParts
        #expect(parts.map { $0.matrix.values } == [[0, 1], [2, 3, 4, 5]])
        #expect(parts.map { $0.index?.names ?? [] } == [["a"], ["b"]])
        #expect(try Dataset(rows: [[1], [2]]).seriesParts.count == 1)
    }
}
