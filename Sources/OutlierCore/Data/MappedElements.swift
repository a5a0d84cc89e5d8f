internal import Foundation
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The elements of a matrix in a temporary file, which is unlinked from the start, mapped into memory.
///
/// Pages that were read stay in memory until the system needs it, or until about as much as the elements was read: then
/// they are given back, so that a long training does not look as if it held the whole table.
final class MappedElements: ExternalElements, @unchecked Sendable {
    let count: Int
    private let memory: UnsafeMutableRawPointer
    private let used = Atomic<Int>(0)

    /// - Throws: ``OutlierError/Code/outputFailed``.
    init(count: Int, folder: String) throws {
        let size = count * MemoryLayout<Double>.stride
        var path = Array((folder + "/outlier-XXXXXX").utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { throw OutlierError.unwritable(folder, errno) }
        unlink(path)
        defer { close(file) }
        // A file with holes would end the process where the disk is full.
        #if canImport(Glibc)
            let code = posix_fallocate(file, 0, off_t(size))
            guard code == 0 else { throw OutlierError.unwritable(folder, code) }
        #else
            guard ftruncate(file, off_t(size)) == 0 else { throw OutlierError.unwritable(folder, errno) }
        #endif
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED else {
            throw OutlierError.unwritable(folder, errno)
        }
        self.memory = memory
        self.count = count
        super.init(memory.bindMemory(to: Double.self, capacity: count))
    }

    deinit { munmap(memory, count * MemoryLayout<Double>.stride) }

    override func noteUse(of elements: Int) {
        let (before, after) = used.add(elements, ordering: .relaxed)
        if after / count > before / count { forget() }
    }

    /// Gives the pages back; the file keeps what they hold.
    func forget() { madvise(memory, count * MemoryLayout<Double>.stride, MADV_DONTNEED) }
}
