import Foundation
import OutlierCore
import Testing

@Suite struct MappedMatrixTests {
    private let folder = FileManager.default.temporaryDirectory.path

    private func matrix(_ rows: Int, _ columns: Int) throws -> Matrix {
        try Matrix(rowCount: rows, columnCount: columns, inFolder: folder) { buffer in
            for index in buffer.indices { buffer.initializeElement(at: index, to: Double(index)) }
        }
    }

    @Test func isReadLikeAnyOther() throws {
        let mapped = try matrix(1_000, 3)
        let plain = try Matrix(rowCount: 1_000, columnCount: 3, values: (0..<3_000).map(Double.init))
        #expect(mapped.isMapped)
        #expect(!plain.isMapped)
        #expect(mapped == plain)
        #expect(mapped.values == plain.values)
        #expect(mapped[999, 2] == 2_999)
        #expect(mapped.row(7) == plain.row(7))
        #expect(mapped.column(1) == plain.column(1))
        #expect(mapped.transposed() == plain.transposed())
        #expect(mapped.selectingRows([5, 2]) == plain.selectingRows([5, 2]))
        #expect(mapped.selectingColumns([2, 0]) == plain.selectingColumns([2, 0]))
    }

    @Test func viewsOutliveTheWhole() throws {
        var view = try matrix(100, 4).rows(10..<12)
        #expect(view.isMapped)
        #expect(view.values == (40..<48).map(Double.init))
        view[1, 3] = -1
        #expect(!view.isMapped)
        #expect(view.values == [40, 41, 42, 43, 44, 45, 46, -1])
    }

    @Test func changesMoveItToMemory() throws {
        let original = try matrix(10, 2)
        var changed = original
        changed.withUnsafeMutableBufferPointer { $0[0] = 9 }
        #expect(changed[0, 0] == 9)
        #expect(original[0, 0] == 0)
        #expect(original.isMapped)
    }

    @Test func noRowsNeedNoFile() throws {
        #expect(try !matrix(0, 2).isMapped)
    }

    @Test func aFolderThatIsNotThereIsAnError() {
        do {
            _ = try Matrix(rowCount: 1, columnCount: 1, inFolder: "/nowhere/at-all") { _ in }
            Issue.record("the matrix was made")
        } catch let error as OutlierError {
            #expect(error.code == .outputFailed)
        } catch {
            Issue.record(error)
        }
    }
}
