import ArgumentParser
import Outlier
import OutlierWorkflow

/// Tells a person what went wrong, and the shell how badly.
enum ErrorReport {
    /// What the shell gets, after sysexits.h.
    enum Status {
        static let failed: Int32 = 1
        static let badUsage: Int32 = 64
        static let badData: Int32 = 65
        static let interrupted: Int32 = 130
    }

    /// Writes `error` to standard error and returns the exit status that goes with it.
    static func report(_ error: any Error, command: any ParsableCommand.Type) -> Int32 {
        switch error {
        case let error as UsageError:
            StandardError.write("outlier: \(error.cause)\n")
            return Status.badUsage
        case let error as OutlierError:
            StandardError.write("outlier: \(error)\n")
            return status(of: error)
        case let error as InterruptedFit:
            StandardError.write(
                "outlier: interrupted; what was learnt so far is in "
                    + "\(error.checkpoints.map(OutputFolder.shown).joined(separator: ", "))\n"
                    + "  The same command with --resume goes on from there.\n")
            return Status.interrupted
        case let error as InterruptedOutputs:
            StandardError.write(
                "outlier: interrupted; wrote \(error.written.map(OutputFolder.shown).joined(separator: ", ")), and nothing "
                    + "more\n")
            return Status.interrupted
        case is CancellationError:
            StandardError.write("outlier: interrupted; nothing was written\n")
            return Status.interrupted
        default:
            // What is left comes from the parser of arguments: help, version, bad usage.
            command.exit(withError: error)
        }
    }

    private static func status(of error: OutlierError) -> Int32 {
        switch error.code {
        case .outputFailed, .duplicateName: Status.failed
        default: Status.badData
        }
    }
}

/// An error in what was typed, as against an error in a file.
struct UsageError: Error {
    let cause: OutlierError

    /// Runs `body`, whose errors are errors of usage.
    static func wrapping<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as OutlierError {
            throw UsageError(cause: error)
        }
    }
}
