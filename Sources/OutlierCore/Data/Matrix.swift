/// A table of numbers: `rowCount` × `columnCount` values of `Double`, contiguous and row-major.
///
/// A matrix is a value with copy-on-write storage. ``rows(_:)`` gives a view of some consecutive rows that shares the
/// storage; it costs no copy until one of the two is changed. A missing value is `NaN`.
///
/// The elements of a large table can lie in a temporary file, ``init(rowCount:columnCount:inFolder:initializingWith:)``.
public struct Matrix: Sendable {
    public let rowCount: Int
    public let columnCount: Int
    /// The elements, unless they are in ``mapped``.
    @usableFromInline var storage: [Double]
    @usableFromInline var mapped: MappedElements?
    @usableFromInline var offset: Int

    @inlinable
    init(rowCount: Int, columnCount: Int, storage: [Double], mapped: MappedElements? = nil, offset: Int) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.storage = storage
        self.mapped = mapped
        self.offset = offset
    }

    /// A matrix with every element equal to `value`.
    @inlinable
    public init(rowCount: Int, columnCount: Int, repeating value: Double = 0) {
        precondition(rowCount >= 0 && columnCount >= 0, "a matrix cannot have a negative number of rows or columns")
        self.init(
            rowCount: rowCount, columnCount: columnCount,
            storage: [Double](repeating: value, count: rowCount * columnCount), offset: 0)
    }

    /// A matrix over `values`, which hold the first row, then the second, and so on.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where `values.count` is not `rowCount * columnCount`.
    public init(rowCount: Int, columnCount: Int, values: [Double]) throws {
        let (count, overflow) = rowCount.multipliedReportingOverflow(by: columnCount)
        guard rowCount >= 0, columnCount >= 0, !overflow, count == values.count else {
            throw OutlierError(
                .shapeMismatch,
                "\(rowCount) rows × \(columnCount) columns need \(overflow ? "too many" : String(count)) values, not \(values.count)"
            )
        }
        self.init(rowCount: rowCount, columnCount: columnCount, storage: values, offset: 0)
    }

    /// A matrix from its rows.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where a row is not as long as the first.
    public init(rows: [[Double]]) throws {
        let width = rows.first?.count ?? 0
        var values: [Double] = []
        values.reserveCapacity(rows.count * width)
        for (index, row) in rows.enumerated() {
            guard row.count == width else {
                throw OutlierError(
                    .shapeMismatch, "row \(index) has \(row.count) values, but the first row has \(width)")
            }
            values.append(contentsOf: row)
        }
        self.init(rowCount: rows.count, columnCount: width, storage: values, offset: 0)
    }

    /// A matrix whose elements `initialize` writes into uninitialised memory, row-major. It must write every element.
    @inlinable
    public init(
        rowCount: Int, columnCount: Int,
        initializingWith initialize: (UnsafeMutableBufferPointer<Double>) throws -> Void
    ) rethrows {
        precondition(rowCount >= 0 && columnCount >= 0, "a matrix cannot have a negative number of rows or columns")
        let count = rowCount * columnCount
        let storage = try [Double](unsafeUninitializedCapacity: count) { buffer, initialized in
            try initialize(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialized = count
        }
        self.init(rowCount: rowCount, columnCount: columnCount, storage: storage, offset: 0)
    }

    /// The number of elements.
    @inlinable public var count: Int { rowCount * columnCount }

    /// The element at `row` and `column`, both from 0.
    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "index out of the matrix")
            if let mapped { return mapped.base[offset + row * columnCount + column] }
            return storage[offset + row * columnCount + column]
        }
        set {
            precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "index out of the matrix")
            if mapped != nil { moveToMemory() }
            storage[offset + row * columnCount + column] = newValue
        }
    }

    /// One row, copied.
    public func row(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < rowCount, "row out of the matrix")
        return withUnsafeBufferPointer { Array($0[index * columnCount..<(index + 1) * columnCount]) }
    }

    /// One column, copied.
    public func column(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < columnCount, "column out of the matrix")
        return withUnsafeBufferPointer { values in
            (0..<rowCount).map { values[$0 * columnCount + index] }
        }
    }

    /// A view of consecutive rows. No element is copied.
    @inlinable
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of the matrix")
        return Matrix(
            rowCount: range.count, columnCount: columnCount, storage: storage, mapped: mapped,
            offset: offset + range.lowerBound * columnCount)
    }

    /// The rows at `indices`, in that order, copied.
    public func selectingRows(_ indices: some Collection<Int>) -> Matrix {
        var values: [Double] = []
        values.reserveCapacity(indices.count * columnCount)
        withUnsafeBufferPointer { elements in
            for index in indices {
                precondition(index >= 0 && index < rowCount, "row out of the matrix")
                values.append(contentsOf: elements[index * columnCount..<(index + 1) * columnCount])
            }
        }
        return Matrix(rowCount: indices.count, columnCount: columnCount, storage: values, offset: 0)
    }

    /// The columns at `indices`, in that order, copied.
    public func selectingColumns(_ indices: [Int]) -> Matrix {
        for index in indices { precondition(index >= 0 && index < columnCount, "column out of the matrix") }
        return withUnsafeBufferPointer { source in
            Matrix(rowCount: rowCount, columnCount: indices.count) { target in
                guard let target = target.baseAddress else { return }
                var position = 0
                for row in 0..<rowCount {
                    let start = row * columnCount
                    for index in indices {
                        (target + position).initialize(to: source[start + index])
                        position += 1
                    }
                }
            }
        }
    }

    /// Rows become columns.
    public func transposed() -> Matrix {
        withUnsafeBufferPointer { source in
            Matrix(rowCount: columnCount, columnCount: rowCount) { target in
                guard let target = target.baseAddress else { return }
                // Tiles keep both sides within the cache.
                let tile = 32
                for rowStart in stride(from: 0, to: rowCount, by: tile) {
                    for columnStart in stride(from: 0, to: columnCount, by: tile) {
                        for row in rowStart..<min(rowStart + tile, rowCount) {
                            for column in columnStart..<min(columnStart + tile, columnCount) {
                                (target + column * rowCount + row).initialize(to: source[row * columnCount + column])
                            }
                        }
                    }
                }
            }
        }
    }

    /// Every element, row by row, copied where the matrix is a view.
    public var values: [Double] {
        offset == 0 && storage.count == count && mapped == nil ? storage : withUnsafeBufferPointer(Array.init)
    }

    /// Calls `body` with the elements, row-major, without a copy.
    @inlinable
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        if let mapped {
            defer { mapped.noteUse(of: count) }
            return try body(UnsafeBufferPointer(start: mapped.base + offset, count: count))
        }
        return try storage.withUnsafeBufferPointer { buffer in
            try body(UnsafeBufferPointer(rebasing: buffer[offset..<offset + count]))
        }
    }

    /// Calls `body` with the elements, row-major, to be changed in place. Storage that is shared is copied first.
    @inlinable
    public mutating func withUnsafeMutableBufferPointer<Result>(
        _ body: (UnsafeMutableBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        if mapped != nil { moveToMemory() }
        let range = offset..<offset + count
        return try storage.withUnsafeMutableBufferPointer { buffer in
            try body(UnsafeMutableBufferPointer(rebasing: buffer[range]))
        }
    }
}

extension Matrix {
    /// A matrix whose elements `initialize` writes, row-major, into a temporary file in `folder` that nobody else sees and
    /// that is gone with the matrix. Reading it takes memory that the system can take back at any time; changing it
    /// copies it to memory first.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed`` where the file cannot be made, for instance because the disk is full.
    public init(
        rowCount: Int, columnCount: Int, inFolder folder: String,
        initializingWith initialize: (UnsafeMutableBufferPointer<Double>) throws -> Void
    ) throws {
        precondition(rowCount >= 0 && columnCount >= 0, "a matrix cannot have a negative number of rows or columns")
        guard rowCount > 0, columnCount > 0 else {
            self.init(rowCount: rowCount, columnCount: columnCount)
            return
        }
        let mapped = try MappedElements(count: rowCount * columnCount, folder: folder)
        try initialize(UnsafeMutableBufferPointer(start: mapped.base, count: mapped.count))
        mapped.forget()
        self.init(rowCount: rowCount, columnCount: columnCount, storage: [], mapped: mapped, offset: 0)
    }

    /// Whether the elements lie in a file.
    public var isMapped: Bool { mapped != nil }

    @usableFromInline
    mutating func moveToMemory() {
        storage = withUnsafeBufferPointer(Array.init)
        mapped = nil
        offset = 0
    }
}

extension Matrix: Equatable {
    /// Equal shapes and equal elements; `NaN` is not equal to itself.
    public static func == (left: Matrix, right: Matrix) -> Bool {
        guard left.rowCount == right.rowCount, left.columnCount == right.columnCount else { return false }
        return left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in a.elementsEqual(b) } }
    }
}
