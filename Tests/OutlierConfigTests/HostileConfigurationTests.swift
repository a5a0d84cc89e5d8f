import Foundation
import OutlierConfig
import OutlierCore
import Testing

/// Configurations that are small and stand for much: each is an error, at once.
@Suite struct HostileConfigurationTests {
    private func error(_ text: String) throws -> OutlierError {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        return try #require(throws: OutlierError.self) {
            try ConfigurationFile.parse(
                text, file: "run.yaml", folder: URL(fileURLWithPath: "/"), registry: registry)
        }
    }

    /// Nine levels of nine: half a billion parts in a few lines.
    private var laughs: String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        return text
    }

    @Test func aliasesThatMultiply() throws {
        let value = try error(laughs)
        #expect(value.code == .malformedFile && value.message.contains("too large") && value.location?.line != nil)
        let key = try error(laughs + "? *a9\n: 1\n")
        #expect(key.code == .malformedFile)
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "]) func nestingWithoutEnd(_ part: String) throws {
        #expect(try error(String(repeating: part, count: 20_000)).code == .malformedFile)
    }

    @Test func aFewAliasesAreFine() throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        let text = "data: {source: a.csv, ignore: &names [a, b]}\npreprocess: []\nseed: 3\noutput: {scores: s.csv}\n"
        #expect(
            try ConfigurationFile.parse(text, folder: URL(fileURLWithPath: "/"), registry: registry).data.ignore
                == ["a", "b"])
    }

    @Test func longPathsAreRefused() throws {
        let path = Array(repeating: "a", count: 30_000).joined(separator: ".")
        #expect(throws: OutlierError.self) { try ConfigurationOverride(path + "=1") }
    }

    /// A mark that Windows programs put before text.
    @Test func aMarkBeforeAConfiguration() throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        let configuration = try ConfigurationFile.parse(
            "\u{FEFF}seed: 7\n", folder: URL(fileURLWithPath: "/"), registry: registry)
        #expect(configuration.seed == 7)
    }
}
