import Foundation
import OutlierCore
import Testing

/// Trainings that are killed or interrupted and go on.
@Suite struct ResumeTests {
    private static let table: String = {
        var random = RandomSource(seed: 3)
        let rows = (0..<500).map { _ in
            (0..<6).map { _ in String(random.normal()) }.joined(separator: ",")
        }
        return "a,b,c,d,e,f\n" + rows.joined(separator: "\n") + "\n"
    }()

    private static func configuration(epochs: Int) -> String {
        configuration("{autoencoder: {hidden: [16, 4], epochs: \(epochs), dropout: 0.1, validation-share: 0.1}}")
    }

    private static func configuration(_ detector: String) -> String {
        """
        data: {source: table.csv}
        detector: \(detector)
        seed: 5
        threads: 1
        output: {checkpoint-seconds: 0.01}
        """
    }

    /// Ten times in a row: kill −9 at a random moment, then go on.
    @Test(arguments: [
        "{autoencoder: {hidden: [16, 4], epochs: 2000, dropout: 0.1, validation-share: 0.1}}",
        "{vae: {hidden: [16], epochs: 600, dropout: 0.1, validation-share: 0.1}}",
        "{f-anogan: {hidden: [16], epochs: 250}}",
        "{deep-svdd: {hidden: [16], epochs: 800, objective: soft-boundary}}",
    ])
    func killedTrainingsGoOnToTheSameModel(_ detector: String) throws {
        let runner = try CommandRunner()
        try runner.write(ResumeTests.table, to: "table.csv")
        try runner.write(ResumeTests.configuration(detector), to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "whole.outlier").status == 0)
        let whole = try Data(contentsOf: runner.folder.appendingPathComponent("whole.outlier"))
        let model = runner.folder.appendingPathComponent("model.outlier")
        var kills = 0
        var finished = 0
        while kills < 10 && finished < 10 {
            let process = try runner.start("fit", "run.yaml", "--model", "model.outlier", "--resume")
            usleep(.random(in: 20_000...150_000))
            if process.isRunning {
                kill(process.processIdentifier, SIGKILL)
                kills += 1
            }
            process.waitUntilExit()
            // It may have been quicker than the signal.
            if process.terminationReason == .exit {
                finished += 1
                #expect(try Data(contentsOf: model) == whole)
                try FileManager.default.removeItem(at: model)
            }
        }
        #expect(kills == 10)
        let last = try runner.run("fit", "run.yaml", "--model", "model.outlier", "--resume")
        #expect(last.status == 0, "\(last.errors)")
        #expect(try Data(contentsOf: model) == whole)
        #expect(try !runner.files().contains("model.outlier.checkpoint"), "the checkpoint is left behind")
        #expect(try !runner.files().contains { $0.hasSuffix(".partial") }, "a killed fit has left a file")
    }

    @Test func interruptedTrainingsSayHowToGoOn() throws {
        let runner = try CommandRunner()
        try runner.write(ResumeTests.table, to: "table.csv")
        try runner.write(ResumeTests.configuration(epochs: 1500), to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "whole.outlier").status == 0)
        let process = try runner.start("fit", "run.yaml", "--model", "model.outlier")
        let checkpoint = runner.folder.appendingPathComponent("model.outlier.checkpoint").path
        while process.isRunning && !FileManager.default.fileExists(atPath: checkpoint) { usleep(1000) }
        process.interrupt()
        process.waitUntilExit()
        let words = try runner.read("errors.txt")
        #expect(process.terminationStatus == 130)
        #expect(words.contains("model.outlier.checkpoint") && words.contains("--resume"), "\(words)")
        #expect(try !runner.files().contains("model.outlier"))
        // Another seed is another training.
        let other = try runner.run("fit", "run.yaml", "--model", "model.outlier", "--resume", "--set", "seed=6")
        #expect(other.status == 65 && other.errors.contains("another training"), "\(other.errors)")
        // So is another detector, also one that keeps no checkpoints or calls them otherwise.
        for detector in ["vae", "lof", "f-anogan"] {
            let other = try runner.run(
                "run", "run.yaml", "--resume", "--detector", detector, "--set", "output.model=model.outlier")
            #expect(other.status == 65 && other.errors.contains("another training"), "\(other.errors)")
            #expect(other.errors.contains("autoencoder"), "\(other.errors)")
        }
        #expect(try !runner.files().contains("model.outlier"))
        let last = try runner.run("fit", "run.yaml", "--model", "model.outlier", "--resume")
        #expect(last.status == 0, "\(last.errors)")
        let whole = try Data(contentsOf: runner.folder.appendingPathComponent("whole.outlier"))
        #expect(try Data(contentsOf: runner.folder.appendingPathComponent("model.outlier")) == whole)
    }

    @Test func damagedCheckpointsAreCalledSo() throws {
        let runner = try CommandRunner()
        try runner.write(ResumeTests.table, to: "table.csv")
        try runner.write(ResumeTests.configuration(epochs: 2), to: "run.yaml")
        #expect(try runner.run("fit", "run.yaml", "--model", "m.outlier").status == 0)
        let whole = try Data(contentsOf: runner.folder.appendingPathComponent("m.outlier"))
        try whole.prefix(whole.count / 2).write(to: runner.folder.appendingPathComponent("model.outlier.checkpoint"))
        for detector in ["autoencoder", "lof"] {
            let result = try runner.run(
                "fit", "run.yaml", "--model", "model.outlier", "--resume", "--detector", detector)
            #expect(result.status == 65, "\(result.errors)")
            #expect(result.errors.contains("the checkpoint is damaged"), "\(result.errors)")
            #expect(result.errors.contains("Begin anew without --resume"), "\(result.errors)")
            #expect(!result.errors.contains("Fit the model again"), "\(result.errors)")
        }
        // A model is no checkpoint.
        let model = try runner.run(
            "fit", "run.yaml", "--model", "n.outlier", "--resume", "--set", "output.checkpoint=m.outlier")
        #expect(model.status == 65 && model.errors.contains("it is no checkpoint"), "\(model.errors)")
    }

    @Test func theModelIsWhatCannotBeWritten() throws {
        let runner = try CommandRunner()
        try runner.write(ResumeTests.table, to: "table.csv")
        try runner.write(ResumeTests.configuration(epochs: 2), to: "run.yaml")
        let result = try runner.run("fit", "run.yaml", "--model", "/proc/nothing/m.outlier")
        #expect(result.status == 1 && result.errors.contains("/proc/nothing/m.outlier”"), "\(result.errors)")
    }

    @Test func resumingNeedsAPlace() throws {
        let runner = try CommandRunner()
        try runner.write(ResumeTests.table, to: "table.csv")
        try runner.write(ResumeTests.configuration(epochs: 2), to: "run.yaml")
        let without = try runner.run("run", "run.yaml", "--resume")
        #expect(without.status == 64 && without.errors.contains("checkpoint"), "\(without.errors)")
        let anew = try runner.run("run", "run.yaml", "--resume", "--set", "output.checkpoint=run.checkpoint")
        #expect(anew.status == 0 && anew.errors.contains("begins anew"), "\(anew.errors)")
    }
}
