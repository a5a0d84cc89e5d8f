import OutlierCore
import OutlierEnsembles
import OutlierNeighbors
import OutlierStatistical

/// The families that the tests take members from.
func testRegistry() throws -> Registry {
    var registry = Registry()
    try registry.register(CorePlugin.self)
    try registry.register(StatisticalPlugin.self)
    try registry.register(NeighborsPlugin.self)
    try registry.register(EnsemblesPlugin.self)
    return registry
}

func fitAndScore(
    _ detector: any Detector, _ data: Dataset, seed: UInt64 = 0
) throws -> Fit<any FittedDetector> {
    try detector.fitAndScore(data, context: FitContext(seed: seed))
}
