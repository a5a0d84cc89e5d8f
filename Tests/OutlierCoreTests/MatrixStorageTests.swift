import OutlierCore
import Synchronization
import Testing

@Suite struct MatrixStorageTests {
    /// Memory of somebody else, who is told when it is let go.
    private final class Owner: @unchecked Sendable {
        let base: UnsafeMutablePointer<Double>
        let count: Int
        private let released: @Sendable () -> Void

        init(_ values: [Double], released: @escaping @Sendable () -> Void = {}) {
            base = .allocate(capacity: values.count)
            base.initialize(from: values, count: values.count)
            count = values.count
            self.released = released
        }

        var buffer: UnsafeBufferPointer<Double> { UnsafeBufferPointer(start: base, count: count) }

        deinit {
            base.deallocate()
            released()
        }
    }

    @Test func windowsAreViewsOfTheSeries() throws {
        let series = try Matrix(rowCount: 5, columnCount: 2, values: (0..<10).map(Double.init))
        let windows = series.windows(length: 3)
        #expect(windows.rowCount == 3)
        #expect(windows.columnCount == 6)
        #expect(windows.rowStride == 2)
        #expect(windows.row(1) == [2, 3, 4, 5, 6, 7])
        #expect(windows.column(0) == [0, 2, 4])
        #expect(windows[2, 5] == 9)
        #expect(windows.values == [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9])
        #expect(windows.transposed().row(5) == [5, 7, 9])
        #expect(windows.selectingRows([2, 0]).values == [4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5])
        #expect(windows.selectingColumns([5, 0]).values == [5, 0, 7, 2, 9, 4])
        #expect(windows.rows(1..<3).row(1) == [4, 5, 6, 7, 8, 9])
        let first = windows.withUnsafeRows { elements, _ in elements.baseAddress }
        #expect(series.withUnsafeRows { elements, _ in elements.baseAddress } == first)
        let stepped = series.windows(length: 2, step: 2)
        #expect(stepped.values == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(series.windows(length: 6).rowCount == 0)
        #expect(windows.windows(length: 2).row(1) == windows.row(1) + windows.row(2))
        #expect(windows == windows.compacted())
    }

    @Test func changingAWindowLeavesTheSeries() throws {
        let series = try Matrix(rowCount: 3, columnCount: 1, values: [0, 1, 2])
        var windows = series.windows(length: 2)
        windows[0, 1] = 7
        #expect(windows.values == [0, 7, 1, 2])
        #expect(series.values == [0, 1, 2])
        var others = series.windows(length: 2)
        others.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= 2 } }
        #expect(others.values == [0, 2, 2, 4])
        #expect(series.values == [0, 1, 2])
    }

    @Test func borrowedMemoryIsReadWhereItLies() throws {
        let owner = Owner([0, 1, -1, 2, 3, -1, 4, 5])
        let matrix = try Matrix(borrowing: owner.buffer, rowCount: 3, columnCount: 2, rowStride: 3, owner: owner)
        #expect(matrix.values == [0, 1, 2, 3, 4, 5])
        #expect(matrix.row(2) == [4, 5])
        #expect(matrix.withUnsafeRows { elements, _ in elements.baseAddress } == UnsafePointer(owner.base))
        var changed = matrix
        changed[0, 0] = 9
        #expect(owner.base[0] == 0)
        #expect(changed.values == [9, 1, 2, 3, 4, 5])
        #expect(matrix.values == [0, 1, 2, 3, 4, 5])
    }

    @Test func theOwnerLivesAsLongAsAView() throws {
        let released = Released()
        var view: Matrix?
        do {
            let owner = Owner([1, 2, 3, 4]) { released.note() }
            view = try Matrix(borrowing: owner.buffer, rowCount: 2, columnCount: 2, owner: owner).rows(1..<2)
        }
        #expect(!released.happened)
        #expect(view?.values == [3, 4])
        view = nil
        #expect(released.happened)
    }

    private final class Released: Sendable {
        private let flag = Atomic<Bool>(false)
        var happened: Bool { flag.load(ordering: .relaxed) }
        func note() { flag.store(true, ordering: .relaxed) }
    }

    @Test func tooLittleMemoryIsAnError() {
        let owner = Owner([1, 2, 3])
        for (rows, columns, stride) in [
            (2, 2, nil), (2, 1, 3), (-1, 1, nil), (1, -1, nil), (2, 1, -1), (Int.max, 2, nil), (2, 1, Int.max),
        ] as [(Int, Int, Int?)] {
            #expect(throws: OutlierError.self) {
                try Matrix(
                    borrowing: owner.buffer, rowCount: rows, columnCount: columns, rowStride: stride, owner: owner)
            }
        }
    }

    @Test func noRowsNeedNoMemory() throws {
        let none = UnsafeBufferPointer<Double>(start: nil, count: 0)
        #expect(try Matrix(borrowing: none, rowCount: 0, columnCount: 3, owner: Owner([])).rowCount == 0)
    }
}
