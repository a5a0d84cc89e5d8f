/// A piece of memory that several threads work on, each its own part. Who uses it answers for the parts being disjoint
/// and for indices being within it.
final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>
    let count: Int

    init(_ count: Int, repeating value: Element) {
        pointer = .allocate(capacity: max(count, 1))
        pointer.initialize(repeating: value, count: count)
        self.count = count
    }

    /// Memory that is written before it is read. Pages that are never touched cost nothing.
    init(uninitialized count: Int) {
        pointer = .allocate(capacity: max(count, 1))
        self.count = count
    }

    deinit { pointer.deallocate() }

    subscript(index: Int) -> Element {
        get { pointer[index] }
        set { pointer[index] = newValue }
    }
}
