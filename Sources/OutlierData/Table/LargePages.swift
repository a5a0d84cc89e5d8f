#if canImport(Glibc)
    import Glibc
#endif

/// Memory in few large pages instead of many small ones, which takes less time to come by.
enum LargePages {
    private static let size = 2 << 20

    /// Asks for large pages where a buffer covers whole ones. It is no more than a wish.
    static func advise(_ buffer: UnsafeRawBufferPointer) {
        #if canImport(Glibc)
            guard let base = buffer.baseAddress, buffer.count >= 4 * size else { return }
            let first = (UInt(bitPattern: base) + UInt(size) - 1) / UInt(size) * UInt(size)
            let last = (UInt(bitPattern: base) + UInt(buffer.count)) / UInt(size) * UInt(size)
            guard last > first else { return }
            madvise(UnsafeMutableRawPointer(bitPattern: first), Int(last - first), MADV_HUGEPAGE)
        #endif
    }
}
