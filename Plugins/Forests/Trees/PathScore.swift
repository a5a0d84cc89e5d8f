#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns path lengths into the score of Liu, Ting & Zhou: 2^(−mean / c(ψ)).
struct PathScore {
    private let factor: Double
    private let offset: Double

    /// - Parameter sampleSize: ψ, how many rows each tree was grown on. Trees of one row have nothing to say: every row
    ///   gets ½ then, the score of what is as ordinary as any other.
    init(trees: Int, sampleSize: Int) {
        let normalizer = PathLength.average(over: sampleSize)
        factor = normalizer > 0 ? -1 / (Double(trees) * normalizer) : 0
        offset = normalizer > 0 ? 0 : -1
    }

    /// - Parameter sum: a row's path lengths, added up over all trees.
    func score(sum: Double) -> Double { exp2(sum * factor + offset) }
}
