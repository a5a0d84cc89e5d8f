/// A table of numbers: `rowCount` × `columnCount` values of `Double`, row-major.
///
/// A matrix is a value with copy-on-write storage. ``rows(_:)`` gives a view of some consecutive rows and
/// ``windows(length:step:)`` one of the windows of a series; both share the storage, and cost no copy until one of the two
/// is changed. A missing value is `NaN`.
///
/// The elements can also lie in a temporary file, ``init(rowCount:columnCount:inFolder:initializingWith:)``, or in memory
/// that belongs to somebody else, ``init(borrowing:rowCount:columnCount:rowStride:owner:)``.
public struct Matrix: Sendable {
    public let rowCount: Int
    public let columnCount: Int
    /// How many elements lie between the beginnings of two consecutive rows: ``columnCount`` where the rows stand side by
    /// side, less where they overlap (windows), more where something else stands between them.
    public let rowStride: Int
    /// The elements, unless they are in ``external``.
    @usableFromInline var storage: [Double]
    @usableFromInline var external: ExternalElements?
    @usableFromInline var offset: Int

    @inlinable
    init(
        rowCount: Int, columnCount: Int, rowStride: Int? = nil, storage: [Double], external: ExternalElements? = nil,
        offset: Int
    ) {
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.rowStride = rowStride ?? columnCount
        self.storage = storage
        self.external = external
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
            if let external { return external.base[offset + row * rowStride + column] }
            return storage[offset + row * rowStride + column]
        }
        set {
            precondition(row >= 0 && row < rowCount && column >= 0 && column < columnCount, "index out of the matrix")
            if external != nil || !isContiguous { moveToMemory() }
            storage[offset + row * columnCount + column] = newValue
        }
    }

    /// One row, copied.
    public func row(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < rowCount, "row out of the matrix")
        return withUnsafeRows { elements, stride in
            Array(elements[index * stride..<index * stride + columnCount])
        }
    }

    /// One column, copied.
    public func column(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < columnCount, "column out of the matrix")
        return withUnsafeRows { elements, stride in (0..<rowCount).map { elements[$0 * stride + index] } }
    }

    /// A view of consecutive rows. No element is copied.
    @inlinable
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows out of the matrix")
        return Matrix(
            rowCount: range.count, columnCount: columnCount, rowStride: rowStride, storage: storage, external: external,
            offset: offset + range.lowerBound * rowStride)
    }

    /// The windows of the rows: row `i` of the result is the rows from `i * step` on, `length` of them, one after the other.
    /// No element is copied, so a million windows of a series take no more memory than the series.
    ///
    /// There are none where the matrix has fewer than `length` rows.
    ///
    /// - Parameters:
    ///   - length: how many rows a window has, at least 1.
    ///   - step: how many rows lie between the beginnings of two windows, at least 1.
    public func windows(length: Int, step: Int = 1) -> Matrix {
        precondition(length >= 1 && step >= 1, "a window has at least one row, and the next one begins after it does")
        guard rowStride == columnCount || length == 1 else { return compacted().windows(length: length, step: step) }
        return Matrix(
            rowCount: rowCount < length ? 0 : (rowCount - length) / step + 1, columnCount: length * columnCount,
            rowStride: step * rowStride, storage: storage, external: external, offset: offset)
    }

    /// The rows at `indices`, in that order, copied.
    public func selectingRows(_ indices: some Collection<Int>) -> Matrix {
        var values: [Double] = []
        values.reserveCapacity(indices.count * columnCount)
        withUnsafeRows { elements, stride in
            for index in indices {
                precondition(index >= 0 && index < rowCount, "row out of the matrix")
                values.append(contentsOf: elements[index * stride..<index * stride + columnCount])
            }
        }
        return Matrix(rowCount: indices.count, columnCount: columnCount, storage: values, offset: 0)
    }

    /// The columns at `indices`, in that order, copied.
    public func selectingColumns(_ indices: [Int]) -> Matrix {
        for index in indices { precondition(index >= 0 && index < columnCount, "column out of the matrix") }
        return withUnsafeRows { source, rowStride in
            Matrix(rowCount: rowCount, columnCount: indices.count) { target in
                guard let target = target.baseAddress else { return }
                var position = 0
                for row in 0..<rowCount {
                    let start = row * rowStride
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
        withUnsafeRows { source, rowStride in
            Matrix(rowCount: columnCount, columnCount: rowCount) { target in
                guard let target = target.baseAddress else { return }
                // Tiles keep both sides within the cache.
                let tile = 32
                for rowStart in stride(from: 0, to: rowCount, by: tile) {
                    for columnStart in stride(from: 0, to: columnCount, by: tile) {
                        for row in rowStart..<min(rowStart + tile, rowCount) {
                            for column in columnStart..<min(columnStart + tile, columnCount) {
                                (target + column * rowCount + row).initialize(to: source[row * rowStride + column])
                            }
                        }
                    }
                }
            }
        }
    }

    /// Every element, row by row, copied where the matrix is a view.
    public var values: [Double] {
        offset == 0 && storage.count == count && external == nil && isContiguous
            ? storage : withUnsafeBufferPointer(Array.init)
    }

    /// Whether the rows stand side by side, so that ``withUnsafeBufferPointer(_:)`` needs no copy.
    @inlinable public var isContiguous: Bool { rowStride == columnCount || rowCount <= 1 }

    /// Calls `body` with the elements, row-major. They are copied first unless the matrix ``isContiguous``.
    @inlinable
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        guard isContiguous else { return try compacted().withUnsafeBufferPointer(body) }
        return try withUnsafeRows { elements, _ in try body(elements) }
    }

    /// Calls `body` with the elements where they lie, never copied, and with the ``rowStride``: row `i` begins at element
    /// `i * rowStride` of the buffer, which ends with the last row.
    @inlinable
    public func withUnsafeRows<Result>(
        _ body: (UnsafeBufferPointer<Double>, _ rowStride: Int) throws -> Result
    ) rethrows -> Result {
        let length = rowCount == 0 ? 0 : (rowCount - 1) * rowStride + columnCount
        if let external {
            defer { external.noteUse(of: count) }
            return try body(UnsafeBufferPointer(start: external.base + offset, count: length), rowStride)
        }
        return try storage.withUnsafeBufferPointer { buffer in
            try body(UnsafeBufferPointer(rebasing: buffer[offset..<offset + length]), rowStride)
        }
    }

    /// Calls `body` with the elements, row-major, to be changed in place. Storage that is shared is copied first.
    @inlinable
    public mutating func withUnsafeMutableBufferPointer<Result>(
        _ body: (UnsafeMutableBufferPointer<Double>) throws -> Result
    ) rethrows -> Result {
        if external != nil || !isContiguous { moveToMemory() }
        let range = offset..<offset + count
        return try storage.withUnsafeMutableBufferPointer { buffer in
            try body(UnsafeMutableBufferPointer(rebasing: buffer[range]))
        }
    }

    /// The same elements with the rows side by side; the matrix itself where they are.
    public func compacted() -> Matrix {
        isContiguous
            ? self
            : withUnsafeRows { source, rowStride in
                Matrix(rowCount: rowCount, columnCount: columnCount) { target in
                    guard let source = source.baseAddress, let target = target.baseAddress else { return }
                    for row in 0..<rowCount {
                        (target + row * columnCount).initialize(from: source + row * rowStride, count: columnCount)
                    }
                }
            }
    }
}

extension Matrix {
    /// A matrix over memory that belongs to somebody else. No element is copied.
    ///
    /// - Parameters:
    ///   - elements: row-major; nobody may change them while the matrix or a view of it lives.
    ///   - rowStride: how many elements lie between the beginnings of two rows; `columnCount` unless it is given.
    ///   - owner: keeps the memory alive; it is let go with the last matrix that needs it.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` if `elements` are too few for so many rows.
    public init(
        borrowing elements: UnsafeBufferPointer<Double>, rowCount: Int, columnCount: Int, rowStride: Int? = nil,
        owner: any AnyObject & Sendable
    ) throws {
        let stride = rowStride ?? columnCount
        let (start, overflow) = max(rowCount - 1, 0).multipliedReportingOverflow(by: stride)
        let (needed, overflows) = start.addingReportingOverflow(columnCount)
        let isEmpty = rowCount == 0 || columnCount == 0
        guard rowCount >= 0, columnCount >= 0, stride >= 0, !overflow, !overflows,
            isEmpty || needed <= elements.count, !rowCount.multipliedReportingOverflow(by: columnCount).overflow
        else {
            throw OutlierError(
                .shapeMismatch,
                "\(elements.count) values are too few for \(rowCount) rows × \(columnCount) columns"
                    + (stride == columnCount ? "" : " with \(stride) values from one row to the next"))
        }
        guard !isEmpty, let base = elements.baseAddress else {
            self.init(rowCount: rowCount, columnCount: columnCount)
            return
        }
        self.init(
            rowCount: rowCount, columnCount: columnCount, rowStride: stride, storage: [],
            external: BorrowedElements(UnsafeMutablePointer(mutating: base), owner: owner), offset: 0)
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
        self.init(rowCount: rowCount, columnCount: columnCount, storage: [], external: mapped, offset: 0)
    }

    /// Whether the elements lie in a file.
    public var isMapped: Bool { external is MappedElements }

    @usableFromInline
    mutating func moveToMemory() {
        self = Matrix(
            rowCount: rowCount, columnCount: columnCount, storage: withUnsafeBufferPointer(Array.init), offset: 0)
    }
}

extension Matrix: Equatable {
    /// Equal shapes and equal elements; `NaN` is not equal to itself.
    public static func == (left: Matrix, right: Matrix) -> Bool {
        guard left.rowCount == right.rowCount, left.columnCount == right.columnCount else { return false }
        return left.withUnsafeBufferPointer { a in right.withUnsafeBufferPointer { b in a.elementsEqual(b) } }
    }
}
