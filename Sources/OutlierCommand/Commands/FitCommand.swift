import ArgumentParser
import Outlier
import OutlierConfig
import OutlierWorkflow

struct FitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Fits the configuration's pipeline and saves it.")

    @OptionGroup var options: ConfigurationOptions

    @Option(help: "Where to save the model.", completion: .file(extensions: ["outlier"]))
    var model: String

    @Flag(help: "Go on from the checkpoint of a fit that was stopped.")
    var resume = false

    func validate() throws {
        if model == "-" { throw ValidationError("--model must be a file, but -, standard output, was given.") }
    }

    func run() throws {
        let configuration = try options.load()
        var files = FilePlan(options, configuration)
        try files.writesArgument(model, as: "the model")
        try CheckpointPlace.plan(configuration, model: model, in: &files)
        let run = try Run(configuration, interruption: Interruption(), model: model, resumes: resume)
        try OutputFolder.prepare(for: model)
        try run.model.save(to: model)
        run.checkpoints?.removeWritten()
        try StandardError.write(run.headline() + run.reasonsText + "wrote \(model)\n")
    }
}
