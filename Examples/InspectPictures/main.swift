// What is wrong in pictures, and where: learns from a folder of normal pictures, scores another folder, and draws a heat map over
// each picture.
//
//     swift run -c release InspectPictures NETWORK.safetensors Parts/train/good Parts/test maps
//
// The network is a ResNet, VGG or EfficientNet-Lite with the names of torchvision, timm or Hugging Face. Without arguments it makes a
// network of random weights and pictures of its own, with a scratch on some, which shows that all works and is over in seconds.

import Foundation
import OutlierCore
import OutlierImages
import OutlierNetworks
import OutlierVision

let arguments = Array(CommandLine.arguments.dropFirst())
var configuration = ImageRunConfiguration()
var maps: String?
let scratch = NSTemporaryDirectory() + "/inspect-pictures-\(ProcessInfo.processInfo.processIdentifier)"
defer { try? FileManager.default.removeItem(atPath: scratch) }
if arguments.count >= 3 {
    configuration.encoding.network = arguments[0]
    configuration.data.images = arguments[1]
    configuration.data.test = arguments[2]
    maps = arguments.count > 3 ? arguments[3] : nil
} else {
    try Samples.write(to: scratch)
    configuration.encoding.network = scratch + "/network.safetensors"
    configuration.encoding.size = 96
    configuration.encoding.stages = ["features.5"]
    configuration.data.images = scratch + "/train/good"
    configuration.data.test = scratch + "/test"
    configuration.detector = PatchCore(coreset: 0.1)
}

let result = try ImageRun(configuration)
print(result.headline)
for (path, reason) in result.exclusions { print("left out:", path, reason) }
if let evaluation = try result.evaluation() { print("image ROC-AUC:", try ROCAUC().value(of: evaluation).number ?? 0) }
if let pixels = try result.pixelMeasures() {
    print("pixel ROC-AUC:", pixels.rocAUC)
    print("region overlap:", pixels.regionOverlap)
}
let ordered = result.outcomes.sorted { ($0.score ?? 0) > ($1.score ?? 0) }
for outcome in ordered.prefix(5) {
    print(outcome.score ?? 0, outcome.item.kind ?? "", URL(fileURLWithPath: outcome.item.path).lastPathComponent)
}
if let maps {
    let high = result.outcomes.compactMap { $0.map?.values.max() }.max() ?? 1
    let low = result.outcomes.compactMap { $0.map?.values.min() }.min() ?? 0
    for outcome in ordered.prefix(20) {
        guard let map = outcome.map else { continue }
        let image = try RasterImage(contentsOf: outcome.item.path)
        let name = URL(fileURLWithPath: outcome.item.path).deletingPathExtension().lastPathComponent
        try FileManager.default.createDirectory(atPath: maps, withIntermediateDirectories: true)
        try ImageWriter.writePNG(map.overlay(on: image, low: low, high: high), to: "\(maps)/\(name).png")
        try ImageWriter.writeNPY(map.values, shape: [map.height, map.width], to: "\(maps)/\(name).npy")
    }
}
