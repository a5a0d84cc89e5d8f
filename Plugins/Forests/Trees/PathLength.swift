#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The lengths that Liu, Ting & Zhou (2008) measure paths with.
enum PathLength {
    private static let eulerConstant = 0.577_215_664_901_532_9

    /// c(n): the mean number of steps of an unsuccessful search in a binary search tree of `count` keys, by which a leaf
    /// stands for the subtree that was not grown.
    ///
    /// With the paper's estimate of the harmonic number, H(i) ≈ ln i + 0.5772…, as every implementation has it.
    static func average(over count: Int) -> Double {
        if count <= 1 { return 0 }
        if count == 2 { return 1 }
        let below = Double(count - 1)
        return 2 * (log(below) + eulerConstant) - 2 * below / Double(count)
    }

    /// ⌈log₂ n⌉: the height at which a tree over `count` rows stops growing.
    static func limit(for count: Int) -> Int {
        count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}
