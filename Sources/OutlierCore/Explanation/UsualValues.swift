/// What is usual in a column of the training rows.
public enum UsualValues: Sendable, Hashable {
    /// A word and the share of the values that it has.
    public struct Word: Sendable, Hashable {
        public var word: String
        public var share: Double

        public init(_ word: String, share: Double) {
            self.word = word
            self.share = share
        }
    }

    /// From the 5 % quantile to the 95 % quantile.
    case range(ClosedRange<Double>, median: Double)
    /// The most frequent first, at most eight.
    case words([Word])
    /// The column had no value, or the model does not know.
    case unknown
}
