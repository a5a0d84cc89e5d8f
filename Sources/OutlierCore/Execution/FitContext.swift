/// What a fit is given besides the data: the seed, the threads, and someone to report to.
public struct FitContext: Sendable {
    /// The same seed gives the same model, on any number of threads.
    public let seed: UInt64
    public let execution: Execution
    /// Called with the progress of the fit, from whichever thread works.
    public let observer: (@Sendable (FitProgress) -> Void)?
    /// Where a long training keeps what it has done, if anywhere.
    public let checkpoints: Checkpoints?
    private let start: Double
    private let length: Double

    public init(
        seed: UInt64 = 0, execution: Execution = Execution(), checkpoints: Checkpoints? = nil,
        observer: (@Sendable (FitProgress) -> Void)? = nil
    ) {
        self.init(
            seed: seed, execution: execution, checkpoints: checkpoints, observer: observer, start: 0, length: 1)
    }

    private init(
        seed: UInt64, execution: Execution, checkpoints: Checkpoints?, observer: (@Sendable (FitProgress) -> Void)?,
        start: Double, length: Double
    ) {
        self.seed = seed
        self.execution = execution
        self.checkpoints = checkpoints
        self.observer = observer
        self.start = start
        self.length = length
    }

    /// - Throws: `CancellationError` once the fit was cancelled.
    public func checkCancellation() throws { try execution.checkCancellation() }

    /// Tells the observer that `fraction` (0...1) of this context's work is done.
    public func report(_ fraction: Double, stage: String, loss: Double? = nil) {
        report(fraction, stage: stage, losses: loss.map { [FitProgress.Loss("loss", $0)] } ?? [])
    }

    /// Likewise for a training with several losses.
    public func report(_ fraction: Double, stage: String, losses: [FitProgress.Loss]) {
        observer?(FitProgress(fraction: start + length * min(max(fraction, 0), 1), stage: stage, losses: losses))
    }

    /// The context of a part of the work, which covers `range` of this context's progress and draws random numbers
    /// of its own. `part` tells the parts apart: the same part always gets the same seed.
    public func part(_ part: Int, covering range: ClosedRange<Double> = 0...1) -> FitContext {
        FitContext(
            seed: RandomSource.mixed(seed &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(bitPattern: Int64(part)) &+ 1)),
            execution: execution, checkpoints: checkpoints?.part(part), observer: observer,
            start: start + length * range.lowerBound, length: length * (range.upperBound - range.lowerBound))
    }

    /// A context that runs on the thread that calls it, for work that is already one of many parallel parts.
    public var singleThreaded: FitContext {
        FitContext(
            seed: seed, execution: execution.singleThreaded,
            checkpoints: checkpoints, observer: nil, start: 0, length: 1)
    }

    /// The same context, whose work `cancellation` stops.
    public func stopped(by cancellation: Cancellation) -> FitContext {
        FitContext(
            seed: seed, execution: execution.stopped(by: cancellation),
            checkpoints: checkpoints, observer: observer, start: start, length: length)
    }

    /// A generator for one unit of the work, the same one whatever the number of threads.
    public func random(stream: Int = 0) -> RandomSource {
        RandomSource(seed: seed, stream: UInt64(bitPattern: Int64(stream)))
    }

    /// Runs a fit on a thread of the pool. Cancelling the task stops it, and leaves this context as it is.
    func inBackground<Result: Sendable>(
        _ body: @escaping @Sendable (FitContext) throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation(within: execution.cancellation)
        let context = stopped(by: cancellation)
        return try await execution.pool.run(cancellation) { try body(context) }
    }
}
