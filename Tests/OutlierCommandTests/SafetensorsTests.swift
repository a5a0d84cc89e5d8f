import Foundation
import OutlierCore
import Testing

/// Python's own reader opens a model. Runs where the Python that `OUTLIER_PYTHON` names, or else `python3`, has the packages
/// `safetensors` and `numpy`.
@Suite struct SafetensorsTests {
    static func python(_ script: String, _ arguments: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [ProcessInfo.processInfo.environment["OUTLIER_PYTHON"] ?? "python3", "-c", script] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    static let hasPackage = (try? python("import safetensors.numpy").status) == 0

    @Test(.enabled(if: hasPackage)) func pythonOpensAModel() throws {
        let runner = try CommandRunner()
        try runner.write(smallTable, to: "table.csv")
        try runner.write(smallConfiguration, to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "model.outlier").status == 0)
        let script = """
            import json, sys
            from safetensors import safe_open
            with safe_open(sys.argv[1], framework="numpy") as file:
                tensors = {name: list(file.get_tensor(name).shape) for name in file.keys()}
                print(json.dumps({"tensors": tensors, "metadata": sorted(file.metadata())}))
            """
        let result = try Self.python(script, runner.folder.appendingPathComponent("model.outlier").path)
        try #require(result.status == 0)
        let value = try Value(json: result.output)
        // The 41 rows of the table, which is what a detector of neighbours keeps.
        let shapes = try #require(value["tensors"]?.entries).map(\.value)
        #expect(shapes.contains([41, 2]), "\(result.output)")
        #expect(value["metadata"]?.array?.isEmpty == false)
    }
}
