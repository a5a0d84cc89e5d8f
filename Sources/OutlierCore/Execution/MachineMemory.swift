import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What memory there is at all, so that what cannot be held is refused before it is asked for.
public enum MachineMemory {
    /// Bytes that this process can have at most: what the machine has, or the limit of the process (`ulimit -v`) or of its
    /// control group where that is less.
    public static let limit: Double = {
        var limit = Double(ProcessInfo.processInfo.physicalMemory)
        var process = rlimit()
        #if canImport(Glibc)
            let known = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &process) == 0
        #else
            let known = getrlimit(RLIMIT_AS, &process) == 0
        #endif
        if known { limit = min(limit, Double(process.rlim_cur)) }
        if let text = try? String(contentsOfFile: "/sys/fs/cgroup/memory.max", encoding: .utf8),
            let group = Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            limit = min(limit, group)
        }
        return limit
    }()
}
