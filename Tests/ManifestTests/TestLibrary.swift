import Foundation
import OutlierCore
import PluginHost

/// The library of `Tests/Fixtures/Manifests`, built once for the tests of this process, and manifests beside it.
enum TestLibrary {
    static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/Manifests/library.c")

    /// A folder of this process with `library.so`.
    static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("outlier-manifests-\(UInt64.random(in: 0...UInt64.max))")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "clang", "-O2", "-shared", "-fPIC", "-o", folder.appendingPathComponent("library.so").path, source.path,
            "-lm",
        ]
        try? compiler.run()
        compiler.waitUntilExit()
        return folder
    }()

    /// Writes a manifest beside the library. `body` is what follows the head, or all of it.
    static func manifest(_ body: String, head: String = head) throws -> String {
        let path = folder.appendingPathComponent("\(UInt64.random(in: 0...UInt64.max)).yaml").path
        try Data((head + body).utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    static let head = "plugin: tests\nversion: 1.2.3\nlibrary: library.so\n"

    /// A registry with what the manifest offers.
    static func registry(_ body: String, head: String = head) throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try PluginLoader.load(manifest(body, head: head), into: &registry)
        return registry
    }

    /// What loading the manifest throws.
    static func failure(_ body: String, head: String = head) -> OutlierError? {
        error { _ = try registry(body, head: head) }
    }

    /// 300 rows × 4 columns in which a few rows stand out.
    static func table(rows: Int = 300, columns: Int = 4, seed: UInt64 = 5) throws -> Dataset {
        var random = RandomSource(seed: seed)
        let values = (0..<rows * columns).map { index in
            let isAnomaly = index / columns % 50 == 0
            return Double(index % columns) + random.normal() * (isAnomaly ? 6 : 1)
        }
        return Dataset(try Matrix(rowCount: rows, columnCount: columns, values: values))
    }
}

func error(_ body: () throws -> Void) -> OutlierError? {
    do {
        try body()
        return nil
    } catch {
        return error as? OutlierError ?? OutlierError(OutlierError.Code(rawValue: "\(error)"), "\(error)")
    }
}

/// The z-score of the test library, as every way of scoring in it needs it.
let zscoreFit = """
        state: {doubles: 2 * columns}
        fit:
          symbol: zscore_fit
          arguments:
            - {type: const double *, is: matrix}
            - {type: size_t, is: rows}
            - {type: size_t, is: columns}
            - {type: double *, is: state}
          returns: {type: int, is: status}

    """
