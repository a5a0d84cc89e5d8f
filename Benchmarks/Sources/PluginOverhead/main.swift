// What a process of its own costs a plug-in: a call of score at 100,000 rows × 10 columns, in this process and isolated.
//
//     swift run -c release --package-path Benchmarks PluginOverhead ../.build/plugins/libz_score.so
//
// The library is that of Examples/Plugins/C, which Examples/Plugins/run-all builds.

import Foundation
import OutlierCore
import OutlierTesting
import PluginHost

PluginWorker.runIfAsked()

guard CommandLine.arguments.count == 2 else {
    print("usage: PluginOverhead LIBRARY")
    exit(64)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

let data = SyntheticData.clusters(rows: 100_000, columns: 10, anomalies: 1000).data
var results: [(scores: [Double], milliseconds: Double)] = []
for options in [PluginOptions(), PluginOptions(isolated: true)] {
    var registry = Registry()
    try PluginLoader.load(CommandLine.arguments[1], options: options, into: &registry)
    func measure(_ detector: some Detector) throws {
        let model = try detector.fit(data)
        var times: [Double] = []
        var scores: [Double] = []
        for _ in 0..<41 {
            let start = ContinuousClock.now
            scores = try model.scores(of: data, execution: Execution(threads: 1)).values
            let duration = (ContinuousClock.now - start).components
            times.append(Double(duration.seconds) * 1e3 + Double(duration.attoseconds) / 1e15)
        }
        results.append((scores, median(times)))
    }
    try measure(registry.detector(registry.names(of: .detector)[0]))
}
guard results[0].scores == results[1].scores else {
    print("the scores differ")
    exit(1)
}
func shown(_ value: Double) -> String { String(format: "%.2f", value) }
print("score, 100,000 × 10, one thread, median of 41 calls")
print("in this process   \(shown(results[0].milliseconds)) ms")
print("isolated          \(shown(results[1].milliseconds)) ms")
print("overhead          \(shown(results[1].milliseconds - results[0].milliseconds)) ms")
