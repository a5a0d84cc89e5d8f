import Foundation
import OutlierCore
import OutlierNeighbors
import OutlierTesting
import PluginHost
import Testing

/// Each plug-in here breaks one promise: it must give an error that names it and the cause, and the host must go on.
@Suite struct BadPluginTests {
    // MARK: Libraries that are refused

    struct Refused: Sendable, CustomTestStringConvertible {
        var macro: String
        var cause: String
        var code = OutlierError.Code.invalidPlugin
        var testDescription: String { macro }

        init(_ macro: String, _ cause: String) {
            self.macro = macro
            self.cause = cause
        }

        static let all: [Refused] = [
            Refused("NO_ENTRY", "has no symbol “outlier_plugin_entry”"),
            Refused("OTHER_VERSION=7", "version 7 of outlier_plugin.h, but this program has version 1"),
            Refused("NULL_TABLE", "returned NULL"),
            Refused("NO_COMPONENTS", "table of components is NULL"),
            Refused("NEGATIVE_COUNT", "it has -1 components"),
            Refused("OTHER_SIZE=16", "a component has 16 bytes, but 104 were expected"),
            Refused("NO_NAME", "the plug-in's name is NULL"),
            Refused("NO_TEXT", "version is not UTF-8"),
            Refused("NO_DESCRIBE", "the function “describe” is missing"),
            Refused("NO_SCORE", "the function “score” is missing, which a detector needs"),
            Refused(#"DESCRIPTION="""#, "what “describe” returned is empty"),
            Refused(#"DESCRIPTION="{\"kind\": ""#, "not valid JSON at byte 9"),
            Refused(#"DESCRIPTION="[]""#, "must be a mapping, but it is a list"),
            Refused(#"DESCRIPTION="{\"kind\": \"detector\"}""#, "must be lower-case letters, digits and hyphens"),
            Refused(#"DESCRIPTION="{\"name\": \"x\", \"kind\": \"oracle\"}""#, "“kind” must be detector, preprocessor"),
            Refused(#"DESCRIPTION="{\"name\": \"x\", \"kind\": \"detector\", \"sumary\": 1}""#, "unknown key “sumary”"),
            Refused(
                #"DESCRIPTION="{\"name\":\"x\",\"kind\":\"detector\",\"parameters\":{\"p\":{\"type\":\"float\"}}}""#,
                "the parameter “p”: the type \"float\" is unknown"),
            Refused(
                #"DESCRIPTION="{\"name\":\"x\",\"kind\":\"detector\",\"parameters\":{\"p\":{\"type\":\"integer\"}}}""#,
                "the parameter “p”: it has no default"),
            Refused(
                #"DESCRIPTION="{\"name\":\"x\",\"kind\":\"detector\",\"parameters\":{\"p\":{\"type\":\"number\",\"minimum\":1,\"default\":0}}}""#,
                "the parameter “p”: its default does not fit"),
            Refused(
                #"DESCRIPTION="{\"name\":\"x\",\"kind\":\"detector\",\"capabilities\":[\"mergeable\"]}""#,
                "a detector of a plug-in cannot be mergeable"),
        ]
    }

    @Test(arguments: Refused.all) func isRefused(_ plugin: Refused) throws {
        let path = try CompiledPlugins.test("bad.c", plugin.macro)
        for options in [PluginOptions(), CompiledPlugins.isolated()] {
            var registry = Registry()
            let error = try #require(failure { try PluginLoader.load(path, options: options, into: &registry) })
            #expect(error.code == plugin.code, "\(error)")
            #expect(error.description.contains(plugin.cause), "\(error)")
            #expect(error.description.contains(path), "\(error)")
            #expect(registry.names(of: .detector).isEmpty)
        }
    }

    @Test func namesThatAreTaken() throws {
        var registry = Registry()
        try registry.register(NeighborsPlugin.self)
        let path = try CompiledPlugins.test("bad.c", #"NAME="knn""#)
        let taken = try #require(failure { try PluginLoader.load(path, into: &registry) })
        #expect(taken.code == .duplicateName)
        #expect(taken.description.contains("“knn” is claimed by the plug-in “bad-plugin”, but “Neighbors”"), "\(taken)")
        #expect(taken.description.contains(path))
        let twice = try CompiledPlugins.test("bad.c", "TWICE")
        let error = try #require(failure { try PluginLoader.load(twice, into: &registry) })
        #expect(error.code == .duplicateName)
        // All or nothing: the first of the two is not there either.
        #expect(failure { _ = try registry.detector("bad") }?.code == .unknownName)
    }

    @Test func filesThatAreNoPlugins() throws {
        let good = try CompiledPlugins.test("bad.c")
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: good)))
        var foreign = bytes
        // IBM's z/Architecture, which few machines are.
        foreign[18] = 22
        var narrow = bytes
        narrow[4] = 1
        let object = try CompiledPlugins.compile(
            CompiledPlugins.root.appendingPathComponent("Tests/PluginHostTests/Plugins/bad.c"), [],
            linking: ["-c", "-fPIC"])
        let cases: [(path: String, cause: String)] = [
            ("/nowhere/libnothing.so", "there is no such file"),
            (CompiledPlugins.folder.path, "this is a directory"),
            (try CompiledPlugins.write(Array("hello\n".utf8), "text.so"), "neither a shared library nor a manifest"),
            (try CompiledPlugins.write([], "empty.so"), "the file is empty"),
            (try CompiledPlugins.write(Array(bytes[..<40]), "head.so"), "cut off within its header"),
            (try CompiledPlugins.write(Array(bytes[..<100]), "table.so"), "its table of segments is not there"),
            (try CompiledPlugins.write(Array(bytes[..<(bytes.count / 4)]), "half.so"), "the library is cut off"),
            (try CompiledPlugins.write(foreign, "foreign.so"), "for another machine: s390"),
            (try CompiledPlugins.write(narrow, "narrow.so"), "not one of 64 bits"),
            (object, "an object file, not a shared library"),
            (try CompiledPlugins.test("bad.c", "UNDEFINED_SYMBOL"), "nobody_has_this"),
        ]
        for (path, cause) in cases {
            var registry = Registry()
            let error = try #require(failure { try PluginLoader.load(path, into: &registry) }, "\(cause)")
            #expect(error.description.contains(cause), "\(error)")
            #expect(error.description.contains(path), "\(error)")
        }
    }

    @Test func crashesWhenOpened() throws {
        let path = try CompiledPlugins.test("bad.c", "CRASH_WHEN_OPENED")
        var registry = Registry()
        let error = try #require(
            failure { try PluginLoader.load(path, options: CompiledPlugins.isolated(), into: &registry) })
        #expect(error.code == .pluginFailed)
        #expect(error.description.contains("SIGSEGV") && error.description.contains(path), "\(error)")
    }

    // MARK: Plug-ins that fail while they work

    private func detector(_ path: String, _ options: PluginOptions, _ name: String = "bad") throws -> any Detector {
        var registry = Registry()
        try PluginLoader.load(path, options: options, into: &registry)
        return try registry.detector(name)
    }

    private func run(_ detector: some Detector, _ data: Dataset) throws -> [Double] {
        try detector.fit(data).scores(of: data).values
    }

    private static let data = SyntheticData.clusters(rows: 40, anomalies: 2).data

    @Test(arguments: [
        ("FAILS", "failed in “fit”: the moon is not full", OutlierError.Code.pluginFailed),
        ("FAILS_SILENTLY", "status 4 and gave no reason", .invalidValue),
        ("UNKNOWN_STATUS", "status 99 and gave no reason", .pluginFailed),
        ("GIVES_NAN", "gave NaN, not a number, as the score of row 40", .pluginFailed),
        ("WRITES_NOTHING", "wrote nothing for row 1 in “score”", .pluginFailed),
        ("WRITES_ONE_BEFORE", "wrote past the buffer that it was given in “score”", .pluginFailed),
        ("NULL_STATE", "made no state", .pluginFailed),
        ("REFUSES_PARAMETERS", "failed in “create”: low is above high", .invalidParameter),
    ])
    func saysWhy(_ macro: String, _ cause: String, _ code: OutlierError.Code) throws {
        let path = try CompiledPlugins.test("bad.c", macro)
        for options in [PluginOptions(), CompiledPlugins.isolated()] {
            let error = try #require(
                failure {
                    let detector = try detector(path, options)
                    _ = try run(detector, Self.data)
                })
            #expect(error.code == code, "\(error)")
            #expect(error.message.contains(cause), "\(error)")
            #expect(error.message.contains("bad-plugin"), "\(error)")
            #expect(error.component == "bad", "\(error)")
        }
    }

    @Test func writesOneTooMany() throws {
        let path = try CompiledPlugins.test("bad.c", "WRITES_ONE_TOO_MANY")
        let here = try #require(failure { _ = try run(detector(path, PluginOptions()), Self.data) })
        #expect(here.message.contains("“bad-plugin” wrote past the buffer"), "\(here)")
        // Isolated, there is a page behind the buffer that nobody may touch.
        let isolated = try #require(failure { _ = try run(detector(path, CompiledPlugins.isolated()), Self.data) })
        #expect(isolated.message.contains("“bad-plugin” was ended by SIGSEGV"), "\(isolated)")
        #expect(isolated.message.contains("in “score”"), "\(isolated)")
    }

    @Test(arguments: [
        ("CRASH_IN_FIT", "was ended by SIGSEGV (it touched memory that is not its own) in “fit”"),
        ("ABORTS", "was ended by SIGABRT (it gave up) in “fit”; it wrote: an assertion failed"),
        ("EXITS", "ended its process with the status 3 in “fit”"),
    ])
    func endsItsProcess(_ macro: String, _ cause: String) throws {
        let detector = try detector(CompiledPlugins.test("bad.c", macro), CompiledPlugins.isolated())
        // Each call gets a process of its own, if it must.
        for _ in 0..<2 {
            let error = try #require(failure { _ = try detector.fit(Self.data) })
            #expect(error.code == .pluginFailed)
            #expect(error.message.contains("“bad-plugin” \(cause)"), "\(error)")
            #expect(error.component == "bad")
        }
    }

    @Test func throwsAnException() throws {
        let detector = try detector(CompiledPlugins.test("throws.cpp"), CompiledPlugins.isolated(), "throwing")
        let error = try #require(failure { _ = try detector.fit(Self.data) })
        #expect(error.message.contains("“throwing-plugin” was ended by SIGABRT"), "\(error)")
        #expect(error.message.contains("nobody catches this"), "\(error)")
    }

    @Test func modelsOutliveACrash() throws {
        let detector = try detector(CompiledPlugins.test("bad.c", "CRASH_IN_SCORE"), CompiledPlugins.isolated())
        func survive(_ detector: some Detector) throws {
            let model = try detector.fit(Self.data)
            let scores = try model.scores(of: Self.data).values
            let deadly = try Dataset(rows: [[1e9, 0, 0, 0]])
            let error = try #require(failure { _ = try model.scores(of: deadly) })
            #expect(error.message.contains("“bad-plugin” was ended by SIGSEGV"), "\(error)")
            #expect(try model.scores(of: Self.data).values == scores)
        }
        try survive(detector)
    }

    @Test func hangs() throws {
        let detector = try detector(CompiledPlugins.test("bad.c", "HANGS"), CompiledPlugins.isolated(timeLimit: 0.3))
        let error = try #require(failure { _ = try detector.fit(Self.data) })
        #expect(error.message.contains("“bad-plugin” was ended in “fit”: it took longer than its time limit of 0.3 s"))
        #expect(error.suggestion?.contains("time-limit") == true)
    }

    /// What the host waits for is bounded, whatever comes on the way that the worker answers by.
    @Test(arguments: [
        ("BEGINS_A_MESSAGE", 0.5, "was ended in “fit”: it took longer than its time limit of 0.5 s"),
        ("CLAIMS_A_TEBIBYTE", 60, "was ended in “fit”: its process sent a message of more than 1073741824 bytes"),
        ("SAYS_NONSENSE", 60, "was ended in “fit”: its process sent a message that is no JSON"),
        ("HANGS_UP", 60, "was ended in “fit”: it closed the connection to this process and went on"),
    ])
    func answersInPlaceOfItsWorker(_ macro: String, _ timeLimit: Double, _ cause: String) throws {
        let path = try CompiledPlugins.test("bad.c", macro)
        let detector = try detector(path, CompiledPlugins.isolated(timeLimit: timeLimit))
        let error = try #require(failure { _ = try detector.fit(Self.data) })
        #expect(error.code == .pluginFailed)
        #expect(error.message.contains("“bad-plugin” \(cause)"), "\(error)")
        #expect(error.component == "bad")
    }

    /// A worker that is busy does not read what it is sent.
    @Test func isNotHeard() throws {
        func score(_ detector: some Detector) throws {
            // The names of so many columns are more than the system keeps for who does not read.
            let wide = try Dataset(rows: [[Double](repeating: 1, count: 200_000)])
            let model = try detector.fit(wide)
            let error = try #require(failure { _ = try model.scores(of: wide) })
            #expect(error.message.contains("“bad-plugin” was ended in “score”: it took longer"), "\(error)")
        }
        try score(detector(CompiledPlugins.test("bad.c", "ANSWERS_ITSELF"), CompiledPlugins.isolated(timeLimit: 5)))
    }

    #if os(Linux)
        @Test func cannotTakeTheTableAway() throws {
            let detector = try detector(
                CompiledPlugins.test("bad.c", "SHRINKS_THE_TABLE"), CompiledPlugins.isolated())
            let plain = try self.detector(CompiledPlugins.test("bad.c"), PluginOptions())
            #expect(try run(detector, Self.data) == run(plain, Self.data))
        }
    #endif

    /// One that asks whether to stop, and one that does not.
    @Test(arguments: ["LISTENS", "HANGS"]) func isCancelled(_ macro: String) throws {
        let detector = try detector(CompiledPlugins.test("bad.c", macro), CompiledPlugins.isolated())
        let cancellation = Cancellation()
        Thread.detachNewThread {
            Thread.sleep(forTimeInterval: 0.1)
            cancellation.cancel()
        }
        #expect(throws: CancellationError.self) {
            _ = try detector.fit(
                Self.data, context: FitContext(execution: Execution(threads: 1, cancellation: cancellation)))
        }
    }

    @Test(arguments: ["ALLOCATES", "LEAKS"]) func takesMoreMemoryThanItMay(_ macro: String) throws {
        let detector = try detector(
            CompiledPlugins.test("bad.c", macro), CompiledPlugins.isolated(memoryLimit: 200 << 20))
        let error = try #require(failure { for _ in 0..<10 { _ = try run(detector, Self.data) } })
        #expect(error.message.contains("“bad-plugin” was ended by SIGSEGV"), "\(error)")
        #expect(error.suggestion?.contains("memory-limit is 200 MiB") == true, "\(error)")
    }

    @Test func modelsThatCannotBeSavedOrLoaded() throws {
        for options in [PluginOptions(), CompiledPlugins.isolated()] {
            let cannotSave = try #require(
                failure {
                    var archive = ModelArchive()
                    func save(_ detector: some Detector) throws { try detector.fit(Self.data).encode(to: &archive) }
                    try save(detector(CompiledPlugins.test("bad.c", "CANNOT_SAVE"), options))
                })
            #expect(cannotSave.message.contains("“bad-plugin” failed in “save”: the pen is dry"), "\(cannotSave)")

            var registry = Registry()
            try PluginLoader.load(CompiledPlugins.test("bad.c"), options: options, into: &registry)
            var archive = ModelArchive()
            func save(_ detector: some Detector) throws { try detector.fit(Self.data).encode(to: &archive) }
            try save(registry.detector("bad"))
            var other = Registry()
            try PluginLoader.load(CompiledPlugins.test("bad.c", "CANNOT_LOAD"), options: options, into: &other)
            let cannotLoad = try #require(failure { _ = try other.loadDetector("bad", from: archive) })
            #expect(cannotLoad.code == .invalidModel)
            #expect(cannotLoad.message.contains("failed in “load”: the page is torn"), "\(cannotLoad)")
            // Damaged bytes.
            archive.store([UInt8](repeating: 1, count: 3), as: "state")
            let damaged = try #require(failure { _ = try registry.loadDetector("bad", from: archive) })
            #expect(damaged.code == .invalidModel)
            #expect(damaged.message.contains("3 bytes are too few"), "\(damaged)")
        }
    }

    @Test func preprocessorsOfNoColumns() throws {
        let description = #"DESCRIPTION="{\"kind\": \"preprocessor\", \"name\": \"bad\"}""#
        let path = try CompiledPlugins.test("bad.c", "NEGATIVE_COLUMNS", description)
        var registry = Registry()
        try PluginLoader.load(path, into: &registry)
        let preprocessor = try registry.preprocessor("bad")
        let error = try #require(failure { _ = try preprocessor.fit(Self.data) })
        #expect(error.message.contains("“bad-plugin” says that it gives -3 columns"), "\(error)")
    }

    @Test func noWorker() throws {
        let path = try CompiledPlugins.test("bad.c")
        var registry = Registry()
        let options = PluginOptions(isolated: true, worker: "/nowhere/worker")
        let error = try #require(failure { try PluginLoader.load(path, options: options, into: &registry) })
        #expect(error.message.contains("cannot start “/nowhere/worker”"), "\(error)")
        // A test bundle cannot be started as a worker.
        let none = try #require(
            failure { try PluginLoader.load(path, options: PluginOptions(isolated: true), into: &registry) })
        #expect(none.code == .invalidConfiguration, "\(none)")
    }
}
