/// The elements of a matrix that lie in no array of its own.
@usableFromInline
class ExternalElements: @unchecked Sendable {
    /// The first element.
    @usableFromInline let base: UnsafeMutablePointer<Double>

    init(_ base: UnsafeMutablePointer<Double>) { self.base = base }

    /// Says that up to `elements` elements were read.
    @usableFromInline
    func noteUse(of elements: Int) {}
}

/// Elements in memory that belongs to somebody else.
final class BorrowedElements: ExternalElements, @unchecked Sendable {
    private let owner: any AnyObject & Sendable

    init(_ base: UnsafeMutablePointer<Double>, owner: any AnyObject & Sendable) {
        self.owner = owner
        super.init(base)
    }
}
