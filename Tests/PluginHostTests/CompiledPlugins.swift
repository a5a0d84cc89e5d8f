import Foundation
import OutlierCore
import PluginHost

/// Plug-ins that the tests compile, each once.
final class CompiledPlugins: Sendable {
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("outlier-plugins-\(ProcessInfo.processInfo.processIdentifier)")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: CompiledPlugins.folder) }
        return folder
    }()

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The program of isolated plug-ins lies beside the test bundle, under the name of its product or its target.
    static let worker: String = {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let paths = ["outlier-plugin-worker", "OutlierPluginWorker"].map { folder.appendingPathComponent($0).path }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? paths[0]
    }()

    /// Compiles a source of this folder, with macros, and returns the library's path.
    static func test(_ source: String, _ macros: String...) throws -> String {
        try compile(
            root.appendingPathComponent("Tests/PluginHostTests/Plugins/\(source)"), macros.map { "-D\($0)" })
    }

    /// Compiles an example.
    static func example(_ source: String) throws -> String {
        try compile(root.appendingPathComponent("Examples/Plugins/\(source)"), ["-O2"])
    }

    static func compile(_ source: URL, _ options: [String], linking: [String] = ["-shared", "-fPIC"]) throws -> String {
        let isCPlusPlus = source.pathExtension == "cpp"
        let output = folder.appendingPathComponent("lib\(UInt64.random(in: 0...UInt64.max)).so")
        let process = Process()
        // Swift's toolchain has these.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [isCPlusPlus ? "clang++" : "clang", isCPlusPlus ? "-std=c++17" : "-std=c11", "-D_DEFAULT_SOURCE"] + linking
            + options
            + [
                "-I\(root.path)/Sources/COutlierPlugin/include", "-o", output.path, source.path, "-lm",
            ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw OutlierError(.inputOutput, "cannot compile \(source.path) \(options)")
        }
        return output.path
    }

    static func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let file = folder.appendingPathComponent("\(UInt64.random(in: 0...UInt64.max))-\(name)")
        try Data(bytes).write(to: file)
        return file.path
    }

    static func isolated(timeLimit: Double = 60, memoryLimit: Int = 1 << 30) -> PluginOptions {
        PluginOptions(isolated: true, timeLimit: timeLimit, memoryLimit: memoryLimit, worker: worker)
    }
}

/// The error that `body` throws.
func failure(_ body: () throws -> Void) -> OutlierError? {
    do {
        try body()
        return nil
    } catch {
        return error as? OutlierError ?? OutlierError(.init(rawValue: "other"), "\(error)")
    }
}
