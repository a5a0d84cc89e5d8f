import Foundation
import OutlierCore
import OutlierNetworks
import Testing

@Suite struct DamagedNetworkTests {
    private func file(_ bytes: [UInt8]) throws -> String {
        let path = NSTemporaryDirectory() + "/network-\(UUID().uuidString).safetensors"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func headed(_ header: String, _ data: Int = 0) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    @Test func noFileOfTensors() throws {
        for bytes in [
            [], [1, 2, 3], [UInt8](repeating: 255, count: 64), headed("{}"), headed("{\"a\":"),
            headed(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, 8),
            headed(#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]}}"#, 16),
            headed(#"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,16]}}"#, 16),
            headed(#"{"a":{"dtype":"F32","shape":[-4],"data_offsets":[16,0]}}"#, 16),
            headed(#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, 16),
        ] {
            let path = try file(bytes)
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(throws: OutlierError.self) { try ImageNetwork(contentsOf: path) }
        }
        #expect(throws: OutlierError.self) { try ImageNetwork(contentsOf: "/does/not/exist") }
    }

    /// Every cut of a real file, and every tensor missing or misshapen, is an error that names what is wrong.
    @Test func partsOfANetwork() throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: PyTorchTests.path("resnet-basic")))
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 23)) {
            let path = try file(Array(whole.prefix(length)))
            defer { try? FileManager.default.removeItem(atPath: path) }
            #expect(throws: OutlierError.self) { try ImageNetwork(contentsOf: path) }
        }
        for name in ["layer2.0.conv2.weight", "layer4.0.bn1.running_var", "bn1.weight", "layer3.0.conv1.weight"] {
            var bytes = Array(whole)
            let place = try #require(whole.range(of: Data("\"\(name)\"".utf8)))
            bytes[place.lowerBound + 1] = UInt8(ascii: "x")
            let path = try file(bytes)
            defer { try? FileManager.default.removeItem(atPath: path) }
            do {
                _ = try ImageNetwork(contentsOf: path)
                Issue.record("\(name) is missing")
            } catch let error as OutlierError {
                #expect(error.message.contains(name) || error.code == .invalidModel, "\(error)")
            }
        }
    }

    @Test func picturesOfOtherSizes() throws {
        let network = try ImageNetwork(contentsOf: PyTorchTests.path("vgg-plain"))
        #expect(throws: OutlierError.self) { try network.run(height: 0, width: 8, stages: ["features.1"]) }
        #expect(throws: OutlierError.self) { try network.run(height: 1_000_000, width: 8, stages: ["features.1"]) }
        #expect(throws: OutlierError.self) { try network.run(height: 3, width: 3, stages: ["features.10"]) }
        #expect(throws: OutlierError.self) { try network.run(height: 8, width: 8, stages: []) }
        let run = try network.run(height: 8, width: 8, stages: ["features.1"])
        #expect(throws: OutlierError.self) { try run.features(of: [0, 1, 2]) }
        #expect(try run.features(of: [Float](repeating: 0.5, count: 192)).first?.pooled.count == 8)
    }
}
