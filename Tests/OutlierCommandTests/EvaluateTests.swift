import Foundation
import OutlierCore
import Testing

@Suite struct EvaluateTests {
    @Test func decisionsAreNoTruth() throws {
        let runner = try CommandRunner()
        try runner.write("row,score,label,truth\n1,0.9,1,0\n2,0.1,0,1\n3,0.2,0,0\n4,0.8,1,1\n", to: "scores.csv")
        let result = try runner.run("evaluate", "scores.csv", "--label", "label")
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.errors.contains("“label” holds the decisions; the truth is in “truth”"), "\(result.errors)")
        #expect(try runner.run("evaluate", "scores.csv").status == 0)
        try runner.write("row,score,label,p-value\n1,0.9,1,0.7\n2,0.1,0,0.1\n", to: "calibrated.csv")
        let calibrated = try runner.run("evaluate", "calibrated.csv", "--label", "label")
        #expect(calibrated.status == 64 && calibrated.errors.contains("there is no truth"), "\(calibrated.errors)")
        // In a table of another program it may be the truth; where it cannot be told, a word is said.
        try runner.write("score,label\n0.9,1\n0.1,1\n0.2,0\n", to: "other.csv")
        let other = try runner.run("evaluate", "other.csv", "--label", "label", "--metrics", "roc-auc")
        #expect(other.status == 0 && other.output.contains("0.5000") && other.errors.isEmpty, "\(other)")
        try runner.write("score,label\n0.9,1\n0.1,0\n0.2,0\n", to: "cut.csv")
        let cut = try runner.run("evaluate", "cut.csv", "--label", "label", "--metrics", "roc-auc")
        #expect(cut.status == 0 && cut.errors.contains("decisions look so"), "\(cut)")
    }

    /// The column that is written, and the one that was written before.
    @Test(arguments: ["decision", "label"]) func decisionsAreRead(name: String) throws {
        let runner = try CommandRunner()
        try runner.write("row,score,\(name),truth\n1,0.9,1,0\n2,0.1,0,1\n3,0.2,0,0\n4,0.8,1,1\n", to: "scores.csv")
        let result = try runner.run("evaluate", "scores.csv", "--metrics", "precision,recall")
        #expect(result.status == 0 && result.output.contains("precision  0.5000"), "\(result)")
        try runner.write("row,score,truth\n1,0.9,0\n2,0.1,1\n", to: "undecided.csv")
        let undecided = try runner.run("evaluate", "undecided.csv", "--metrics", "roc-auc,precision")
        #expect(undecided.status == 0 && !undecided.output.contains("precision"), "\(undecided)")
    }

    @Test func decisionsBesideLabels() throws {
        let runner = try CommandRunner()
        try runner.write("row,score,decision,label\n1,0.9,1,0\n2,0.1,0,1\n3,0.2,0,0\n4,0.8,1,1\n", to: "scores.csv")
        let result = try runner.run("evaluate", "scores.csv", "--label", "label", "--metrics", "precision")
        #expect(result.status == 0 && result.output.contains("precision  0.5000"), "\(result)")
    }

    @Test func scoresMustBeThere() throws {
        let runner = try CommandRunner()
        try runner.write("a,truth\n1,0\n2,1\n", to: "table.csv")
        let result = try runner.run("evaluate", "table.csv")
        #expect(result.status == 65 && result.errors.contains("there is no column “score”"), "\(result.errors)")
        try runner.write("score,truth\n0.5,0\n,1\n0.7,1\n", to: "gaps.csv")
        let gaps = try runner.run("evaluate", "gaps.csv")
        #expect(gaps.status == 0 && gaps.errors == "1 row without a score is left out\n", "\(gaps)")
    }
}
