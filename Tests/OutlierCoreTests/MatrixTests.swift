import OutlierCore
import Testing

@Suite struct MatrixTests {
    private func counting(_ rows: Int, _ columns: Int) throws -> Matrix {
        try Matrix(rowCount: rows, columnCount: columns, values: (0..<rows * columns).map(Double.init))
    }

    @Test func viewsShareUntilChanged() throws {
        let matrix = try counting(6, 3)
        var view = matrix.rows(2..<4)
        #expect(view.values == [6, 7, 8, 9, 10, 11])
        #expect(view.rows(1..<2).row(0) == [9, 10, 11])
        let same = matrix.withUnsafeBufferPointer { whole in
            view.withUnsafeBufferPointer { part in part.baseAddress == whole.baseAddress.map { $0 + 6 } }
        }
        #expect(same)
        view[0, 0] = -1
        #expect(matrix[2, 0] == 6)
        #expect(view[0, 0] == -1)
    }

    @Test func selectionAndTransposition() throws {
        let matrix = try counting(40, 35)
        #expect(matrix.transposed()[34, 39] == matrix[39, 34])
        #expect(matrix.transposed().transposed() == matrix)
        #expect(matrix.selectingRows([3, 3, 0]).column(1) == [matrix[3, 1], matrix[3, 1], matrix[0, 1]])
        #expect(matrix.selectingColumns([2, 0]).row(1) == [matrix[1, 2], matrix[1, 0]])
    }

    @Test func shapesAreChecked() throws {
        #expect(error { _ = try Matrix(rowCount: 2, columnCount: 2, values: [1]) }?.code == .shapeMismatch)
        #expect(error { _ = try Matrix(rowCount: Int.max, columnCount: 2, values: []) }?.code == .shapeMismatch)
        #expect(error { _ = try Matrix(rows: [[1], [1, 2]]) }?.code == .shapeMismatch)
        #expect(error { _ = try Dataset(counting(1, 2), columns: [Column("a"), Column("a")]) }?.code == .shapeMismatch)
    }
}

@Suite struct FiniteMatrixTests {
    @Test(arguments: [1, 7, 16, 100, 400_003]) func everyPlaceIsLookedAt(count: Int) throws {
        var matrix = try Matrix(
            rowCount: 1, columnCount: count, values: (0..<count).map { $0 % 2 == 0 ? Double($0) : -1.7e308 })
        for execution in [Execution(threads: 1), Execution(threads: 3)] {
            #expect(!matrix.containsNonFinite(execution: execution))
            for place in Set([0, count / 3, count / 2, count - 1]) {
                for value in [Double.nan, -.nan, .infinity, -.infinity] {
                    let before = matrix[0, place]
                    matrix[0, place] = value
                    #expect(matrix.containsNonFinite(execution: execution))
                    matrix[0, place] = before
                }
            }
        }
        #expect(!Matrix(rowCount: 0, columnCount: 3).containsNonFinite())
    }
}
