extension FittedDetector {
    /// How anomalous each row is, without blocking the caller's thread. Cancelling the task cancels the scoring and nothing
    /// else that was given the same execution.
    ///
    /// - Throws: ``OutlierError`` if the columns are not those of the fit or a value cannot be taken, `CancellationError` if
    ///   the task was cancelled.
    public func scores(of data: Dataset, execution: Execution = Execution()) async throws -> Scores {
        let cancellation = Cancellation(within: execution.cancellation)
        let execution = execution.stopped(by: cancellation)
        return try await execution.pool.run(cancellation) { try self.scores(of: data, execution: execution) }
    }
}
