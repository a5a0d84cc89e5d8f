import Foundation
import OutlierCore
import OutlierNetworks
import Testing

/// Small networks with random weights that PyTorch ran: see `Fixtures/make_networks.py`.
@Suite struct PyTorchTests {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/networks/\(name).safetensors").path
    }

    @Test(arguments: [
        "resnet-basic", "resnet-bottleneck", "vgg-normalized", "vgg-plain", "efficientnet_lite0",
        "tf_efficientnet_lite0",
    ])
    func agreesAtEveryStage(_ name: String) throws {
        let file = try TensorFile(contentsOf: Self.path(name))
        let network = try ImageNetwork(contentsOf: Self.path(name))
        let shape = try #require(file.shape("picture"))
        let picture = try file.floats("picture")
        let stages = file.names.filter { $0.hasPrefix("expected.") }.map { String($0.dropFirst(9)) }
        #expect(stages.count >= 5)
        let run = try network.run(height: shape[0], width: shape[1], stages: stages)
        let maps = try run.features(of: picture, execution: Execution(threads: 1))
        for (stage, map) in zip(stages, maps) {
            let expected = try file.floats("expected.\(stage)")
            #expect(file.shape("expected.\(stage)") == [map.height, map.width, map.channels], "\(stage)")
            guard expected.count == map.values.count else { continue }
            let scale = expected.reduce(0) { max($0, abs($1)) }
            let difference = zip(expected, map.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(difference <= 1e-4 * scale, "\(name), \(stage): \(difference) of \(scale)")
        }
        // Once more, with memory that another picture has been in, on two threads, and stage by stage.
        _ = try run.features(of: picture.map { 1 - $0 })
        #expect(try run.features(of: picture, execution: Execution(threads: 2)).map(\.values) == maps.map(\.values))
        for (stage, map) in zip(stages, maps) {
            let alone = try network.run(height: shape[0], width: shape[1], stages: [stage])
            #expect(try alone.features(of: picture).first?.values == map.values, "\(stage) alone")
        }
    }

    @Test func namesTheArchitecture() throws {
        #expect(try ImageNetwork(contentsOf: Self.path("efficientnet_lite0")).architecture == "efficientnet-lite0")
        let network = try ImageNetwork(contentsOf: Self.path("resnet-basic"))
        #expect(try network.stage("layer3").stride == 16)
        #expect(try network.stage("layer3").channels == 20)
        #expect(throws: OutlierError.self) { try network.stage("layer9") }
    }
}
