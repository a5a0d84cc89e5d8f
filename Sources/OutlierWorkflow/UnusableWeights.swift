import Outlier

/// Names the detectors that take weights in the error of one that does not: those of the registry, loaded plug-ins among
/// them.
enum UnusableWeights {
    static func explaining<Result>(_ registry: Registry, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as OutlierError where error.code == .weightsNotTaken {
            let names = registry.descriptions(of: .detector).filter {
                $0.capabilities.contains(.weightLearning) && $0.name != Pipeline.name
            }.map(\.name)
            error.suggestion =
                "Detectors that take weights: \(names.joined(separator: ", ")). “random-over” repeats rows instead."
            throw error
        }
    }
}
