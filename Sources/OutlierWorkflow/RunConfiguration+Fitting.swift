public import Outlier
public import OutlierConfig

extension RunConfiguration {
    /// What the configuration says of threads.
    public func execution(cancellation: Cancellation = Cancellation()) -> Execution {
        Execution(threads: threads, cancellation: cancellation)
    }

    /// - Throws: ``OutlierError/Code/invalidConfiguration`` if the configuration names no detector.
    func requiredDetector() throws -> any Detector {
        guard let detector else {
            // Says what is missing.
            _ = try pipeline()
            throw OutlierError(.invalidConfiguration, "the configuration names no detector")
        }
        return detector
    }
}
