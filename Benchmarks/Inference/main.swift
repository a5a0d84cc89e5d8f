// How fast pretrained networks run, and pictures are read:
//
//     swift run -c release InferenceSpeed NETWORK.safetensors [PICTURE.jpg]
//
// `peer.py` beside this file measures ONNX Runtime and Pillow on the same machine; run one after the other.

import Foundation
import OutlierCore
import OutlierImages
import OutlierNetworks

/// The best of several times, in milliseconds.
func best(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
    var best = Double.infinity
    for _ in 0..<rounds {
        let start = ContinuousClock.now
        try body()
        best = min(best, (ContinuousClock.now - start) / .milliseconds(1))
    }
    return best
}

func text(_ value: Double) -> String { String(format: "%.2f", value) }

let arguments = CommandLine.arguments
guard arguments.count > 1 else {
    print("usage: InferenceSpeed NETWORK.safetensors [PICTURE.jpg]")
    exit(64)
}
let opening = ContinuousClock.now
let network = try ImageNetwork(contentsOf: arguments[1])
print("\(network.architecture): read in \(text((ContinuousClock.now - opening) / .milliseconds(1))) ms")
guard let last = network.stages.last else { exit(1) }
let run = try network.run(height: 224, width: 224, stages: [last.name])
var random = RandomSource(seed: 1)
let pictures = (0..<8).map { _ in (0..<224 * 224 * 3).map { _ in Float(random.uniform()) } }
for threads in [1, 2] {
    let execution = Execution(threads: threads)
    let one = try best(of: 30) { _ = try run.features(of: pictures[0], execution: execution) }
    let eight = try best(of: 8) {
        try execution.forEach(8) { _ = try run.features(of: pictures[$0], execution: Execution(threads: 1)) }
    }
    print("\(threads) threads: batch 1 \(text(one)) ms, batch 8 \(text(eight / 8)) ms a picture")
}
if arguments.count > 2 {
    let time = try best(of: 20) { _ = try RasterImage(contentsOf: arguments[2]).resized(height: 224, width: 224) }
    print("decoding and resizing: \(text(time)) ms")
}
