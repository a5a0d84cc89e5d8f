/// How a plug-in is run.
public struct PluginOptions: Sendable, Hashable {
    /// Whether it runs in a process of its own, so that a crash, an endless loop or an allocation without end in it is an
    /// error of the call and not the end of this process.
    public var isolated: Bool
    /// How many seconds one call of an isolated plug-in may take.
    public var timeLimit: Double
    /// How many bytes an isolated plug-in may allocate, besides what its process begins with.
    public var memoryLimit: Int
    /// The program that an isolated plug-in runs in: one that calls `PluginWorker.runIfAsked()` first of all, as the
    /// commands `outlier` and `outlier-plugin-worker` do. `nil` for ``defaultWorker``.
    public var worker: String?

    public init(
        isolated: Bool = false, timeLimit: Double = 600, memoryLimit: Int = 4 << 30, worker: String? = nil
    ) {
        self.isolated = isolated
        self.timeLimit = timeLimit
        self.memoryLimit = memoryLimit
        self.worker = worker
    }
}
