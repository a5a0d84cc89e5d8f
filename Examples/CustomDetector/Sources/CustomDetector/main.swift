// The command `outlier` with one more detector: every verb knows the name `centroid`.
//
//     swift run -c release CustomDetector run ../breast-cancer.yaml --detector centroid
//     swift run -c release CustomDetector check

import Outlier
import OutlierCommand
import OutlierTesting

var registry = Registry.standard
try registry.register(CentroidDistance.self, plugin: "CustomDetector")

if CommandLine.arguments.dropFirst().first == "check" {
    // What every detector promises, checked.
    let failures = DetectorConformance.check(CentroidDistance(), registry: registry)
    for failure in failures { print(failure) }
    print(failures.isEmpty ? "centroid keeps every promise" : "\(failures.count) promises are broken")
    if !failures.isEmpty { throw OutlierError(.invalidValue, "the detector breaks promises") }
} else {
    OutlierCommand.main(registry: registry)
}
