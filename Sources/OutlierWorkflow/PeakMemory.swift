import CKernels
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The most memory that the process has had resident, as Linux counts it.
enum PeakMemory {
    /// Begins to count anew. Does nothing where the system does not offer it.
    static func reset() {
        #if canImport(Glibc)
            outlier_release_free_memory()
            if let file = fopen("/proc/self/clear_refs", "w") {
                fputs("5", file)
                fclose(file)
            }
        #endif
    }

    /// In bytes; `nil` where the system does not say.
    static var bytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
        }
        return nil
    }
}
