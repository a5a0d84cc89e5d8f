import Outlier

/// A fit that was interrupted and can go on.
public struct InterruptedFit: Error {
    /// The files to go on from.
    public let checkpoints: [String]

    /// Runs `body`; if it is interrupted, says how to go on.
    static func telling<Result>(_ checkpoints: Checkpoints?, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch is CancellationError {
            guard let checkpoints, !checkpoints.written.isEmpty else { throw CancellationError() }
            throw InterruptedFit(checkpoints: checkpoints.written)
        }
    }
}
