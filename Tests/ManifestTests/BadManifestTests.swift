import Foundation
import OutlierCore
import PluginHost
import Testing

/// Manifests and libraries with one thing wrong: each is an error that names the plug-in, the cause and the line.
@Suite struct BadManifestTests {
    /// A manifest that is right, as lines that the cases below change.
    private static let good = """
        plugin: tests
        library: library.so
        detectors:
          deviation:
            parameters:
              weight: {type: number, default: 1, minimum: 0, maximum: 5}
            score:
              symbol: zscore_score
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double, parameter: weight}
                - {type: double *, is: scores}
              returns: {type: int, is: status}

        """

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        /// What of the good manifest is replaced by what.
        let from: String
        let to: String
        /// What the error must say.
        let says: [String]
        /// The line of the manifest that it must point to.
        let line: Int?

        var testDescription: String { name }

        init(_ name: String, _ from: String, _ to: String, says: [String], line: Int?) {
            self.name = name
            self.from = from
            self.to = to
            self.says = says
            self.line = line
        }
    }

    static let cases = [
        Case("bad YAML", "detectors:", "detectors: [", says: ["not valid YAML"], line: nil),
        Case("a key stands twice", "library: library.so", "plugin: other", says: ["stands twice"], line: nil),
        Case(
            "unknown key", "symbol: zscore_score", "simbol: zscore_score",
            says: ["“simbol”", "Did you mean “symbol”?", "“tests”"], line: 8),
        Case("unknown key at the root", "detectors:", "detector:", says: ["“detector”", "“detectors”"], line: 3),
        Case("no library", "library: library.so\n", "", says: ["has no “library”"], line: 1),
        Case("library absent", "library.so", "absent.so", says: ["absent.so", "“tests”"], line: 2),
        Case("library is a directory", "library: library.so", "library: .", says: ["directory", "“tests”"], line: 2),
        Case(
            "the system has no such library", "library: library.so", "library: {system: libabsent.so.3}",
            says: ["libabsent.so.3", "“tests”"], line: 2),
        Case(
            "a path to a library of the system", "library: library.so", "library: {system: ./library.so}",
            says: ["no name of a library of the system"], line: 2),
        Case(
            "missing symbol", "zscore_score", "zscore_scores", says: ["zscore_scores", "library.so", "“tests”"], line: 8
        ),
        Case("symbol is a variable", "zscore_score", "a_variable", says: ["a variable, not a function"], line: 8),
        Case(
            "unknown type", "{type: size_t, is: rows}", "{type: size_tt, is: rows}",
            says: ["“size_tt”", "Did you mean “size_t”?", "“tests”"], line: 11),
        Case("long double", "double, parameter", "long double, parameter", says: ["cannot be passed"], line: 13),
        Case(
            "type and meaning do not go together", "{type: size_t, is: rows}", "{type: double, is: rows}",
            says: ["“rows” cannot be passed as “double”", "whole number"], line: 11),
        Case(
            "scores in const", "{type: double *, is: scores}", "{type: const double *, is: scores}",
            says: ["“scores”", "not const"], line: 14),
        Case(
            "unknown meaning", "is: rows", "is: rowss", says: ["“rowss”", "Did you mean “rows”?", "“tests”"], line: 11),
        Case(
            "a meaning for another kind of function", "is: rows", "is: row",
            says: ["“row” has no meaning", "each table"], line: 11),
        Case(
            "two meanings", "{type: size_t, is: rows}", "{type: size_t, is: rows, constant: 3}",
            says: ["“is” and “constant”"], line: 11),
        Case("no meaning", "{type: size_t, is: rows}", "{type: size_t}", says: ["what it stands for"], line: 11),
        Case(
            "wrong arity: no rows", "- {type: size_t, is: rows}", "- {type: size_t, constant: 1}",
            says: ["zscore_score", "not how many rows", "“tests”"], line: 8),
        Case(
            "wrong arity: no columns", "- {type: size_t, is: columns}", "- {type: size_t, constant: 1}",
            says: ["how many columns"], line: 8),
        Case(
            "wrong arity: nothing to write scores to", "{type: double *, is: scores}",
            "{type: double *, constant: null}",
            says: ["gives no “scores”"], line: 8),
        Case(
            "two scores", "{type: double, parameter: weight}", "{type: double *, is: scores}",
            says: ["“scores” twice", "“tests”"], line: 14),
        Case(
            "parameter not declared", "parameter: weight", "parameter: wait",
            says: ["“wait” is not declared", "“tests”"], line: 13),
        Case(
            "parameter not used", "parameter: weight", "constant: 1",
            says: ["“weight” is passed to no function"], line: 6),
        Case(
            "default out of range", "default: 1", "default: 7", says: ["default does not fit", "at most 5", "“tests”"],
            line: 6),
        Case("parameter of no type", "type: number", "type: numbre", says: ["“numbre”", "“number”"], line: 6),
        Case(
            "a struct in a struct", "{type: double, parameter: weight}",
            "struct: [{struct: [{type: double, parameter: weight}]}]",
            says: ["a struct in a struct", "“tests”"], line: 13),
        Case(
            "a struct by name", "{type: double, parameter: weight}", "{type: struct pair, constant: 1}",
            says: ["“struct pair” is not known", "Write the fields"], line: 13),
        Case(
            "state without a declaration", "{type: double, parameter: weight}", "{type: const double *, is: state}",
            says: ["does not say what its state is"], line: 13),
        Case(
            "state without a fit", "    score:", "    state: {doubles: 2}\n    score:",
            says: ["no function “fit” makes it"], line: 5),
        Case(
            "size of no sense", "    score:", "    state: {doubles: 2 * colums}\n    score:",
            says: ["“colums”", "Did you mean “columns”?"], line: 7),
        Case(
            "constant too large", "{type: size_t, is: columns}", "{type: uint8_t, constant: 300}",
            says: ["300 does not fit into “uint8_t”"], line: 12),
        Case("status of no kind", "is: status", "is: score", says: ["cannot be “score”"], line: 15),
        Case("name that is none", "deviation:", "Deviation 1:", says: ["“Deviation 1” is no name"], line: 5),
        Case("nothing in it", "detectors:", "setup:", says: ["must be text"], line: 4),
        Case(
            "pin of a library of the system", "library: library.so",
            "library: {system: libm.so.6}\nsha256: \(String(repeating: "0f", count: 32))",
            says: ["cannot be pinned"], line: 3),
        Case("pin that is none", "library: library.so", "library: library.so\nsha256: abc", says: ["64"], line: 3),
        Case(
            "pin that does not fit", "library: library.so",
            "library: library.so\nsha256: \(String(repeating: "0f", count: 32))",
            says: ["is not the library that the manifest pins", "not opened", "“tests”"], line: 3),
        Case("a missing setup", "detectors:", "setup: absent_setup\ndetectors:", says: ["absent_setup"], line: 3),
    ]

    @Test(arguments: cases)
    func isRefused(_ bad: Case) throws {
        #expect(TestLibrary.failure(Self.good, head: "") == nil)
        let text = Self.good.replacingOccurrences(of: bad.from, with: bad.to)
        #expect(text != Self.good)
        let failure = try #require(TestLibrary.failure(text, head: ""), "\(bad.name) is not refused")
        let description = failure.description
        for words in bad.says { #expect(description.contains(words), "\(description)") }
        #expect(failure.location?.file?.hasSuffix(".yaml") == true, "\(description)")
        if let line = bad.line { #expect(failure.location?.line == line, "\(description)") }
        if bad.line != nil { #expect(failure.location?.column != nil) }
    }

    @Test func whatIsNoLibrary() throws {
        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: TestLibrary.folder.appendingPathComponent(name))
        }
        func description(_ name: String) -> String {
            let failure = TestLibrary.failure(
                Self.good.replacingOccurrences(of: "library.so", with: name), head: "")
            return failure?.description ?? ""
        }
        let library = try [UInt8](Data(contentsOf: TestLibrary.folder.appendingPathComponent("library.so")))
        try write("text.so", Array("int main() { return 0; }\n".utf8))
        #expect(description("text.so").contains("text file"))
        try write("empty.so", [])
        #expect(description("empty.so").contains("empty"))
        try write("archive.a", Array("!<arch>\n/".utf8))
        #expect(description("archive.a").contains("static library"))
        try write("script.so", Array("/* GNU ld script\n*/\nGROUP ( libm.so.6 )\n".utf8))
        #expect(description("script.so").contains("script of the linker"))
        #if os(Linux)
            var foreign = library
            (foreign[18], foreign[19]) = (21, 0)
            try write("powerpc.so", foreign)
            #expect(description("powerpc.so").contains("PowerPC"))
            try write("cut.so", Array(library.prefix(library.count / 2)))
            #expect(description("cut.so").contains("cut off"))
        #endif
        for name in ["text.so", "empty.so", "archive.a", "script.so"] {
            #expect(description(name).contains("“tests”") && description(name).contains(".yaml:2:"), "\(name)")
        }
    }

    @Test func thePinnedLibraryIsTaken() throws {
        let library = TestLibrary.folder.appendingPathComponent("library.so")
        var hash = SHA256()
        hash.update(try Data(contentsOf: library))
        let pin = "library: library.so\nsha256: \(SHA256.hexadecimal(hash.finish()).uppercased())"
        let text = Self.good.replacingOccurrences(of: "library: library.so", with: pin)
        #expect(TestLibrary.failure(text, head: "") == nil)
    }

    @Test func aNameThatIsTaken() throws {
        var registry = Registry()
        let path = try TestLibrary.manifest(Self.good, head: "")
        try PluginLoader.load(path, into: &registry)
        let copy = try TestLibrary.manifest(
            Self.good.replacingOccurrences(of: "plugin: tests", with: "plugin: others"), head: "")
        let taken = error { try PluginLoader.load(copy, into: &registry) }
        #expect(taken?.code == .duplicateName)
        #expect(taken?.message.contains("“others”") == true && taken?.message.contains("“tests”") == true)
        #expect(taken?.location?.file == copy)
    }

    @Test func noManifest() {
        var registry = Registry()
        #expect(error { try PluginLoader.load("/nowhere/manifest.yaml", into: &registry) }?.code == .inputOutput)
        let list = TestLibrary.failure("- plugin\n", head: "")
        #expect(list?.description.contains("must be a mapping") == true)
        let text = TestLibrary.failure("plugin: [3]\n", head: "")
        #expect(text?.description.contains("must be text") == true)
    }

    /// What shows only once a function is called.
    private static let calls = """
        detectors:
          failing:
            score:
              symbol: failing
              arguments: &table
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double *, is: scores}
              returns: {type: int, is: status, message: failure_text}
          leaving-out:
            score: {symbol: leaves_out, arguments: *table, returns: {type: int, is: status}}
          no-number:
            score: &row
              symbol: not_a_number
              each: row
              arguments: [{type: const double *, is: row}, {type: size_t, is: columns}]
              returns: {type: double, is: score}
          no-state:
            state: {pointer: {free: opaque_free}}
            fit:
              symbol: null_fit
              arguments: [{type: const double *, is: matrix}, {type: size_t, is: rows}, {type: size_t, is: columns}]
              returns: {type: void *, is: state}
            score:
              symbol: opaque_score
              each: row
              arguments: [{type: void *, is: state}, {type: const double *, is: row}]
              returns: {type: double, is: score}
            columns: 4
          too-many:
            score: {symbol: one_too_many, arguments: *table, returns: {type: int, is: status}}
          long-workspace:
            thread-safe: true
            score:
              symbol: long_workspace
              each: row
              arguments:
                - {type: const double *, is: row}
                - {type: size_t, is: columns}
                - {type: double *, is: workspace, count: columns}
              returns: {type: double, is: score}
          short-state:
            state: {doubles: columns}
            fit:
              symbol: zscore_fit
              arguments:
                - {type: const double *, is: matrix}
                - {type: size_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double *, is: state}
            score:
              symbol: zscore_row
              each: row
              arguments:
                [{type: const double *, is: row}, {type: size_t, is: columns}, {type: const double *, is: state}]
              returns: {type: double, is: score}
          tolerant:
            missing: true
            score:
              symbol: opaque_live
              each: row
              arguments: [{type: const double *, is: row}, {type: size_t, is: columns}]
              returns: {type: double, is: score}
          small:
            score:
              symbol: zscore_structs
              arguments:
                - {type: const double *, is: matrix}
                - {type: int8_t, is: rows}
                - {type: size_t, is: columns}
                - {type: double *, is: scores}

        """

    @Test func whatShowsInACall() throws {
        let registry = try TestLibrary.registry(Self.calls)
        var table = try TestLibrary.table()
        func failure(_ name: String) -> OutlierError? {
            error { _ = try registry.detector(name).fitAndScore(table) }
        }
        let failing = failure("failing")
        #expect(failing?.code == .pluginFailed && failing?.component == "failing")
        #expect(
            failing?.message
                == "the plug-in “tests”: “failing” failed: it returned 3: the matrix is singular")
        let leavingOut = failure("leaving-out")
        #expect(leavingOut?.message.contains("no number (NaN) as the score of row 1") == true)
        #expect(failure("no-number") == nil)
        let noState = failure("no-state")
        #expect(noState?.code == .pluginFailed)
        #expect(noState?.message == "the plug-in “tests”: “null_fit” gave NULL as its state")
        for (name, says) in [
            ("too-many", "“one_too_many” wrote past the 300 numbers"),
            ("long-workspace", "“long_workspace” wrote past the end"),
            ("short-state", "“zscore_fit” wrote past the end"),
        ] {
            let failure = failure(name)
            #expect(failure?.code == .pluginFailed)
            #expect(failure?.message.contains("“tests”: " + says) == true, "\(String(describing: failure))")
        }
        // 300 rows are more than a signed byte counts.
        let small = failure("small")
        #expect(small?.message.contains("300, does not fit into the type “int8_t”") == true)
        var values = table.matrix.values
        values[4 * 7 + 3] = .nan
        let missing = Dataset(try Matrix(rowCount: 300, columnCount: 4, values: values))
        #expect(error { _ = try registry.detector("tolerant").fitAndScore(missing) } == nil)
        #expect(error { _ = try registry.detector("no-number").fitAndScore(missing) }?.code == .missingValue)
        values[4 * 7 + 3] = 1e7
        table = Dataset(try Matrix(rowCount: 300, columnCount: 4, values: values))
        let noNumber = failure("no-number")
        #expect(noNumber?.code == .pluginFailed && noNumber?.component == "no-number")
        #expect(noNumber?.message.contains("score of row 8") == true)
    }
}
