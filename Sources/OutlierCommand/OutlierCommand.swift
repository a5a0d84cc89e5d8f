public import ArgumentParser
public import Outlier
import PluginHost

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The command `outlier`, for programs that offer it with detectors of their own:
///
///     var registry = Registry.standard
///     try registry.register(MyDetector.self, plugin: "Mine")
///     OutlierCommand.main(registry: registry)
public struct OutlierCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "outlier",
        abstract: "Finds anomalies in tables.",
        version: version,
        subcommands: [
            RunCommand.self, FitCommand.self, ScoreCommand.self, ExplainCommand.self, ReportCommand.self,
            EvaluateCommand.self, CompareCommand.self, TuneCommand.self, RelabelCommand.self, ListCommand.self,
            DescribeCommand.self, ImagesCommand.self,
            SchemaCommand.self,
            PluginCommand.self,
        ])

    /// The version of the command and of the library.
    public static let version = "0.1.0"

    public init() {}

    /// Parses the arguments of the process, runs the command and exits.
    public static func main(registry: Registry) -> Never {
        // Started again by itself, this program is the process of an isolated plug-in.
        PluginWorker.runIfAsked()
        // A reader that goes away (`outlier score … | head`) is no failure of ours.
        signal(SIGPIPE, SIG_DFL)
        endProcess(CommandContext.$registry.withValue(registry) { status() })
    }

    /// Runs the command that the arguments name and returns the exit status.
    private static func status() -> Int32 {
        do {
            let arguments = ArgumentSlips.joiningLists(Array(CommandLine.arguments.dropFirst()))
            if let slip = ArgumentSlips.unknownVerb(arguments) {
                return ErrorReport.report(UsageError(cause: slip), command: OutlierCommand.self)
            }
            var command = try OutlierCommand.parseAsRoot(arguments)
            do {
                try command.run()
                return 0
            } catch {
                return ErrorReport.report(error, command: type(of: command))
            }
        } catch {
            OutlierCommand.exit(withError: error)
        }
    }
}

/// `exit` of the C library, which `ParsableCommand.exit` hides.
private func endProcess(_ status: Int32) -> Never { exit(status) }

/// What every verb of the command shares.
enum CommandContext {
    @TaskLocal static var registry = Registry.standard
}
