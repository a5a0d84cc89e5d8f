/// Which trials run on how many rows: Hyperband's brackets of successive halving.
public struct Schedule: Sendable {
    /// A group of trials that begin on equally many rows; after each rung the better third goes on with three times as
    /// many, until all rows are used.
    public struct Bracket: Sendable, Equatable {
        public var trials: Range<Int>
        /// The rows of each rung, ascending; the last is the whole table.
        public var rungs: [Int]

        public init(trials: Range<Int>, rungs: [Int]) {
            self.trials = trials
            self.rungs = rungs
        }
    }

    public static let reduction = 3
    /// Fewer rows say too little of a detector.
    public static let leastRows = 256

    public let brackets: [Bracket]

    /// Trials are shared out among brackets as in Hyperband, where each bracket may cost the same. The one that begins on
    /// all rows comes first and has the first trial, that of the configuration itself.
    public init(trials: Int, rows: Int) {
        var starts = [rows]
        while let last = starts.last, last / Self.reduction >= Self.leastRows { starts.append(last / Self.reduction) }
        let deepest = starts.count - 1
        // Trials of a bracket with s halvings: (deepest + 1)/(s + 1)·3^s.
        let shares = starts.indices.map { halvings in
            var share = Double(deepest + 1) / Double(halvings + 1)
            for _ in 0..<halvings { share *= Double(Self.reduction) }
            return share
        }
        let total = shares.reduce(0, +)
        var brackets: [Bracket] = []
        var first = 0
        var share = 0.0
        for halvings in starts.indices {
            share += shares[halvings]
            let end =
                halvings == deepest
                ? trials : max(first + (halvings == 0 ? 1 : 0), Int((Double(trials) * share / total).rounded()))
            let last = min(trials, end)
            if last > first {
                brackets.append(Bracket(trials: first..<last, rungs: starts[0...halvings].reversed()))
            }
            first = max(first, last)
        }
        self.brackets = brackets
    }
}
