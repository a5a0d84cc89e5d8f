import Foundation

/// Runs the built command in a folder of its own.
struct CommandRunner: ~Copyable {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("outlier-command-\(UInt64.random(in: 0...UInt64.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The command lies beside the test bundle.
    static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("outlier")

    static let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Examples")

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// What lies in the folder, without what was there before.
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }

    /// Starts the command and does not wait for it. Its words for people go to `errors.txt`.
    func start(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = CommandRunner.executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let errors = folder.appendingPathComponent("errors.txt")
        try Data().write(to: errors)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        return process
    }

    func run(_ arguments: String..., input: String = "") throws -> Result { try run(arguments, input: input) }

    /// - Parameters:
    ///   - standardOutput: where the command's standard output goes instead of the result.
    ///   - largestFileInBlocks: how large a file the command may write, in units of 512 bytes or 1 KiB as the shell has it.
    ///   - interruptAfter: how many seconds later the command gets what Ctrl-C sends.
    func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], standardOutput: String? = nil,
        largestFileInBlocks: Int? = nil, interruptAfter: Double? = nil
    ) throws -> Result {
        let process = Process()
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.executableURL = CommandRunner.executable
        process.arguments = arguments
        if let largestFileInBlocks {
            // The signal that comes with the limit is ignored, so that writing fails as it does on a full disk.
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments =
                ["-c", "trap '' XFSZ; ulimit -f \(largestFileInBlocks); exec \"$0\" \"$@\""]
                + [CommandRunner.executable.path] + arguments
        }
        process.currentDirectoryURL = folder
        let output = folder.appendingPathComponent(".stdout")
        let errors = folder.appendingPathComponent(".stderr")
        let standardInput = folder.appendingPathComponent(".stdin")
        for (url, text) in [(output, ""), (errors, ""), (standardInput, input)] { try Data(text.utf8).write(to: url) }
        process.standardInput = try FileHandle(forReadingFrom: standardInput)
        process.standardOutput = try FileHandle(
            forWritingTo: standardOutput.map(URL.init(fileURLWithPath:)) ?? output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        if let interruptAfter {
            Thread.sleep(forTimeInterval: interruptAfter)
            process.interrupt()
        }
        process.waitUntilExit()
        defer {
            for url in [output, errors, standardInput] { try? FileManager.default.removeItem(at: url) }
        }
        return Result(
            status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }
}

/// A small table with one row that stands out.
let smallTable =
    "id,a,b,outlier\n" + (0..<40).map { "r\($0),\($0 % 7),\($0 % 5),0\n" }.joined() + "far,90,80,1\n"

let smallConfiguration = """
    data: {source: table.csv, label: outlier, identifier: id}
    preprocess: [standard-scaler]
    detector: {knn: {neighbors: 3}}
    threshold: {quantile: {contamination: 0.05}}
    metrics: [roc-auc, f1]
    output: {scores: scores.csv, model: model.outlier, metrics: metrics.json}
    """
