import Foundation
import Testing

@Suite struct InterruptionTests {
    /// Ctrl-C in the middle of a fit that would take minutes.
    @Test(arguments: [
        "isolation-forest: {trees: 100000}", "ensemble: {members: [{isolation-forest: {trees: 100000}}, hbos]}",
        "loda: {cuts: 100000}",
    ])
    func aLongFitLeavesNothing(detector: String) throws {
        let runner = try CommandRunner()
        let rows = (0..<60_000).map { "\($0 % 7).\($0 % 1009),\($0 % 5).\($0 % 997),\($0 % 11)\n" }.joined()
        try runner.write("a,b,c\n" + rows, to: "table.csv")
        try runner.write(
            """
            data: {source: table.csv}
            detector: {\(detector)}
            output: {scores: scores.csv, model: model.outlier}
            """, to: "run.yaml")
        let start = Date()
        let result = try runner.run(["run", "run.yaml"], interruptAfter: 2)
        #expect(result.status == 130, "\(result.errors)")
        #expect(result.errors.contains("interrupted"), "\(result.errors)")
        #expect(result.output.isEmpty)
        #expect(try runner.files() == ["run.yaml", "table.csv"])
        #expect(Date().timeIntervalSince(start) < 30)
    }
}
