import Foundation
import OutlierCore
import OutlierTesting
import Testing

@Suite struct ModelFileTests {
    private let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("model-\(UInt64.random(in: 0...UInt64.max)).outlier").path
    private let data = SyntheticData.clusters(rows: 40, anomalies: 4).data

    private func model() throws -> FittedPipeline {
        var model = try Pipeline {
            StandardScaler()
            CentroidDistance(power: 2)
            QuantileThreshold()
        }.fit(data, context: FitContext(seed: UInt64.max))
        model.notes = ["text": "\"checksum\": \"0000\" – ünïcode\n"]
        return model
    }

    @Test func loadedIsEqualToTheBit() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let model = try model()
        try model.save(to: path)
        let loaded = try FittedPipeline(contentsOf: path, registry: .forTests())
        #expect(try loaded.scores(of: data) == model.scores(of: data))
        #expect(loaded.threshold?.cutoff == model.threshold?.cutoff)
        #expect(loaded.seed == UInt64.max)
        #expect(loaded.columns == model.columns)
        #expect(loaded.notes == model.notes)
        #expect(loaded.recipe == model.recipe)
        let files = try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
        #expect(!files.contains { $0.hasSuffix(".partial") && $0.hasPrefix((path as NSString).lastPathComponent) })
    }

    /// What a process leaves that is killed while it writes is removed; what another one is writing is not.
    @Test func abandonedFilesAreRemoved() throws {
        let ended = Process()
        ended.executableURL = URL(fileURLWithPath: "/bin/sh")
        ended.arguments = ["-c", "exit 0"]
        try ended.run()
        ended.waitUntilExit()
        let abandoned = "\(path).\(ended.processIdentifier)-17.partial"
        let own = ProcessInfo.processInfo.processIdentifier
        let others = ["\(own)-x", "\(getppid())-17", "2.\(ended.processIdentifier)-17"].map {
            "\(path).\($0).partial"
        }
        let manager = FileManager.default
        defer { for file in others + [path] { try? manager.removeItem(atPath: file) } }
        for file in others + [abandoned] { #expect(manager.createFile(atPath: file, contents: Data([1, 2]))) }
        try model().save(to: path)
        #expect(!manager.fileExists(atPath: abandoned))
        #expect(others.allSatisfy { manager.fileExists(atPath: $0) })

        // A fit that goes on removes them even where it writes no checkpoint any more.
        #expect(manager.createFile(atPath: abandoned, contents: nil))
        _ = try? Checkpoints(path: path, resumes: true).read()
        #expect(!manager.fileExists(atPath: abandoned))
    }

    /// What nobody else may read stays so when it is written again, from its first byte on.
    @Test func permissionsAreKept() throws {
        let manager = FileManager.default
        defer { try? manager.removeItem(atPath: path) }
        func permissions(_ path: String) throws -> Int? {
            try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        for mode in [0o600, 0o640, 0o666, 0o400] {
            try? manager.removeItem(atPath: path)
            #expect(manager.createFile(atPath: path, contents: Data([1]), attributes: [.posixPermissions: mode]))
            let file = try AtomicFile(path: path)
            let folder = (path as NSString).deletingLastPathComponent
            let partial = try manager.contentsOfDirectory(atPath: folder).filter {
                $0.hasPrefix((path as NSString).lastPathComponent) && $0.hasSuffix(".partial")
            }
            #expect(try partial.map { try permissions("\(folder)/\($0)") } == [mode])
            try file.write([2])
            try file.commit()
            #expect(try permissions(path) == mode)
        }
    }

    /// Writers of one target in one process do not take each other's temporary file for an abandoned one.
    @Test func manyWriteOneTarget() async throws {
        let path = path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for _ in 0..<100 {
                        let file = try AtomicFile(path: path)
                        try file.write([UInt8](repeating: UInt8(writer), count: 100))
                        try file.commit()
                    }
                }
            }
            try await group.waitForAll()
        }
        let written = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(written.count == 100 && Set(written).count == 1)
        let files = try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent)
        #expect(!files.contains { $0.hasSuffix(".partial") && $0.hasPrefix((path as NSString).lastPathComponent) })
    }

    @Test func everyTruncationIsAnError() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model().save(to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let registry = try Registry.forTests()
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(error { _ = try FittedPipeline(contentsOf: path, registry: registry) }?.code == .invalidModel)
        }
    }

    @Test func everyFlippedBitIsAnError() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model().save(to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let registry = try Registry.forTests()
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 1 << UInt8(index % 8)
            try damaged.write(to: URL(fileURLWithPath: path))
            #expect(
                error { _ = try FittedPipeline(contentsOf: path, registry: registry) }?.code == .invalidModel,
                "byte \(index)")
        }
    }

    @Test func aModelNeedsItsComponents() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model().save(to: path)
        var registry = Registry()
        try registry.register(CorePlugin.self)
        let failure = error { _ = try FittedPipeline(contentsOf: path, registry: registry) }
        #expect(failure?.code == .unknownName)
        #expect(failure?.message == "there is no detector called “centroid”")
    }

    @Test func placesThatCannotBeWritten() throws {
        let model = try model()
        #expect(error { try model.save(to: "/nowhere/at/all.outlier") }?.code == .outputFailed)
        #expect(error { try model.save(to: "/tmp") }?.code == .outputFailed)
        #if os(Linux)
            let full = error { try model.save(to: "/dev/full") }
            #expect(full?.code == .outputFailed)
            #expect(full?.message.contains("No space left") == true)
        #endif
        #expect(error { _ = try FittedPipeline(contentsOf: "/nowhere", registry: .forTests()) }?.code == .inputOutput)
        #expect(error { _ = try FittedPipeline(contentsOf: "/tmp", registry: .forTests()) }?.code == .inputOutput)
    }
}
