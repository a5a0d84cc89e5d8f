extension Detector {
    /// Learns a model from `data`: what ``fit(_:context:)-8s0l1`` gives with a context of that seed.
    public func fit(_ data: Dataset, seed: UInt64) throws -> Fitted {
        try fit(data, context: FitContext(seed: seed))
    }

    /// Learns a model from `data` without blocking the caller's thread. Cancelling the task cancels the fit.
    public func fit(_ data: Dataset, seed: UInt64) async throws -> Fitted {
        try await fit(data, context: FitContext(seed: seed))
    }

    /// Learns a model from `data` and scores the same rows: what ``fitAndScore(_:context:)`` gives with a context of that
    /// seed.
    public func fitAndScore(_ data: Dataset, seed: UInt64) throws -> Fit<Fitted> {
        try fitAndScore(data, context: FitContext(seed: seed))
    }

    /// Learns and scores without blocking the caller's thread. Cancelling the task cancels the fit.
    public func fitAndScore(_ data: Dataset, seed: UInt64) async throws -> Fit<Fitted> {
        try await fitAndScore(data, context: FitContext(seed: seed))
    }
}
