#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension OutlierError {
    /// What the operating system said when `path` could not be read.
    public static func unreadable(_ path: String, _ code: Int32) -> OutlierError {
        OutlierError(.inputOutput, "cannot read “\(path)”: \(String(cString: strerror(code)))")
    }

    /// What the operating system said when `path` could not be written.
    public static func unwritable(_ path: String, _ code: Int32) -> OutlierError {
        OutlierError(.outputFailed, "cannot write to “\(path)”: \(String(cString: strerror(code)))")
    }
}
