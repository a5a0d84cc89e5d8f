import Foundation
import OutlierNumerics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What memory there is, so that what cannot be held is refused before it is asked for.
public enum MachineMemory {
    /// Bytes that this process can have at most: what the machine has, or the limit of the process (`ulimit -v`) or of its
    /// control group where that is less.
    public static let limit: Double = {
        var limit = Double(ProcessInfo.processInfo.physicalMemory)
        if let space = addressSpace { limit = min(limit, space) }
        if let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8),
            let group = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            limit = min(limit, group)
        }
        return limit
    }()

    /// The limit of the process's addresses (`ulimit -v`); `nil` for none.
    private static let addressSpace: Double? = {
        var process = rlimit()
        #if canImport(Glibc)
            let known = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &process) == 0
        #else
            let known = getrlimit(RLIMIT_AS, &process) == 0
        #endif
        return known && Double(process.rlim_cur) < 0x1p62 ? Double(process.rlim_cur) : nil
    }()

    /// Bytes that this process can still ask for, as far as the system tells.
    public static var available: Double {
        var available = limit
        let (addresses, resident) = used
        available = min(available, limit - resident)
        if let addressSpace { available = min(available, addressSpace - addresses) }
        return max(0, available)
    }

    /// The bytes of addresses and of memory that the process has; 0 where the system does not say.
    private static var used: (addresses: Double, resident: Double) {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return (0, 0) }
        let pages = text.split(separator: " ").prefix(2).compactMap { Double($0) }
        guard pages.count == 2 else { return (0, 0) }
        let size = Double(getpagesize())
        return (pages[0] * size, pages[1] * size)
    }

    /// Below this nothing is asked of the system: it is quicker to have than to ask.
    private static let small = 1 << 24

    /// Checks that there is memory for as many numbers as the product of `factors`.
    ///
    /// - Parameters:
    ///   - factors: none negative. Their product may be larger than any whole number.
    ///   - size: the bytes of one.
    ///   - what: who wants the memory, as the beginning of a sentence in the middle: “the column “city””.
    ///   - instead: what to take instead.
    /// - Throws: ``OutlierError/Code/invalidParameter``, before anything is allocated.
    public static func require(
        elements factors: [Int], size: Int = MemoryLayout<Double>.stride, for what: @autoclosure () -> String,
        instead: @autoclosure () -> String? = nil, component: String? = nil
    ) throws {
        if let bytes = CheckedNumbers.product(factors + [size]), bytes < small { return }
        let needed = factors.reduce(Double(size)) { $0 * Double($1) }
        let available = available
        guard needed > available else { return }
        throw OutlierError(
            .invalidParameter,
            "there is not enough memory for \(what()): that takes \(text(needed)), and there are \(text(available))",
            suggestion: instead(), component: component)
    }

    private static func text(_ bytes: Double) -> String {
        bytes < 0x1p30
            ? "\(CheckedNumbers.whole((bytes / 0x1p20).rounded(.up)) ?? 0) MiB"
            : String(format: bytes < 1e15 ? "%.1f GiB" : "%.1g GiB", bytes / 0x1p30)
    }
}
