internal import OutlierCore
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Memory for a plug-in to write to, with marks on either side that tell whether it wrote beside it, and in it that tell
/// what it did not write.
///
/// In a worker a page that cannot be touched follows, so that the first number too many ends the process. There are no marks
/// behind then.
final class GuardedBuffer {
    /// Whether a page that cannot be touched follows. Only where the end of the process is nobody's loss.
    static let usesGuardPages = Atomic<Bool>(false)

    private static let margin = 8
    /// A NaN that no computation gives.
    private static let mark: UInt64 = 0x7FF4_DEAD_BEEF_C0DE
    private let count: Int
    /// All numbers: those before, those to be written, those behind.
    private let memory: UnsafeMutableBufferPointer<Double>
    /// The mapping that `memory` lies in, where it is one.
    private let mapping: UnsafeMutableRawBufferPointer?

    init(count: Int) {
        self.count = count
        let mapped = GuardedBuffer.usesGuardPages.load(ordering: .relaxed) ? GuardedBuffer.map(count) : nil
        mapping = mapped?.mapping
        memory = mapped?.memory ?? .allocate(capacity: count + 2 * GuardedBuffer.margin)
        memory.initialize(repeating: Double(bitPattern: GuardedBuffer.mark))
    }

    deinit {
        if let mapping {
            munmap(mapping.baseAddress, mapping.count)
        } else {
            memory.deallocate()
        }
    }

    /// Numbers that end where a page begins that cannot be touched.
    private static func map(
        _ count: Int
    ) -> (mapping: UnsafeMutableRawBufferPointer, memory: UnsafeMutableBufferPointer<Double>)? {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let bytes = (count + margin) * MemoryLayout<Double>.stride
        let size = (bytes + page - 1) / page * page
        guard let start = mmap(nil, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED
        else { return nil }
        guard mprotect(start + size, page, PROT_NONE) == 0 else {
            munmap(start, size + page)
            return nil
        }
        let first = (start + size - bytes).assumingMemoryBound(to: Double.self)
        return (
            UnsafeMutableRawBufferPointer(start: start, count: size + page),
            UnsafeMutableBufferPointer(start: first, count: count + margin)
        )
    }

    var start: UnsafeMutablePointer<Double>? { memory.baseAddress.map { $0 + GuardedBuffer.margin } }

    /// - Throws: ``OutlierError/Code/pluginFailed`` where the plug-in wrote too much or too little.
    func contents(plugin: String, function: String, width: Int, firstRow: Int) throws -> [Double] {
        let margin = GuardedBuffer.margin
        func isMark(_ index: Int) -> Bool { memory[index].bitPattern == GuardedBuffer.mark }
        guard (0..<margin).allSatisfy(isMark), (margin + count..<memory.count).allSatisfy(isMark) else {
            throw OutlierError(
                .pluginFailed,
                "the plug-in “\(plugin)” wrote past the buffer that it was given in “\(function)”, which has room for \(count) numbers",
                suggestion: "What else it may have written to nobody knows. Isolated, a plug-in cannot harm others.")
        }
        if let index = (margin..<margin + count).first(where: isMark) {
            throw OutlierError(
                .pluginFailed,
                "the plug-in “\(plugin)” wrote nothing for row \(firstRow + (index - margin) / max(1, width) + 1) in “\(function)”"
            )
        }
        return Array(memory[margin..<margin + count])
    }
}
