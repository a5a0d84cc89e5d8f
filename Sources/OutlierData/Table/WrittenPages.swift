#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Elements that were written to a mapped file.
enum WrittenPages {
    /// About how many elements to write before their pages are given back.
    static let portion = 1 << 19

    /// Says that elements of a mapped file will not be needed soon: the file keeps them, and the memory is free for others.
    static func release(_ part: UnsafeMutableBufferPointer<Double>) {
        let page = Int(getpagesize())
        guard let base = part.baseAddress else { return }
        let start = Int(bitPattern: base)
        let first = (start + page - 1) / page * page
        let last = (start + part.count * MemoryLayout<Double>.stride) / page * page
        guard last > first, let pointer = UnsafeMutableRawPointer(bitPattern: first) else { return }
        madvise(pointer, last - first, MADV_DONTNEED)
    }
}
