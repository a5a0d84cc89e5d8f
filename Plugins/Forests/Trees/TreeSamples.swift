import OutlierCore

/// The rows that each tree of a forest is grown on.
///
/// They are dealt like cards: all rows are shuffled and handed out, tree after tree, then shuffled again. So each tree gets
/// rows at random, no row twice, and all rows come into about the same number of trees, which leaves less to chance than
/// trees that draw each for themselves.
struct TreeSamples: Sendable {
    /// At most 2³².
    private let rowCount: Int
    private let size: Int
    /// Tree × `size`; empty where every tree gets all rows, or rows may repeat.
    private let dealt: [UInt32]
    private let isBootstrap: Bool

    init(_ size: Int, of rowCount: Int, trees: Int, bootstrap: Bool, context: FitContext) {
        self.rowCount = rowCount
        self.size = size
        isBootstrap = bootstrap
        guard size < rowCount, !bootstrap else {
            dealt = []
            return
        }
        var random = context.random(stream: -1)
        let needed = trees * size
        if needed <= rowCount {
            dealt = random.sample(needed, below: rowCount).map { UInt32($0) }
            return
        }
        var dealt: [UInt32] = []
        dealt.reserveCapacity(needed)
        var deck = Array(0..<UInt32(rowCount))
        while dealt.count < needed {
            deck.shuffle(using: &random)
            let begun = dealt.count % size
            if begun > 0 {
                // The tree that the last deck did not complete must not get a row again.
                let held = Set(dealt.suffix(begun))
                let missing = size - begun
                var next = missing
                for position in 0..<missing {
                    while held.contains(deck[position]) {
                        deck.swapAt(position, next)
                        next += 1
                    }
                }
            }
            dealt += deck.prefix(needed - dealt.count)
        }
        self.dealt = dealt
    }

    func rows(of tree: Int, random: inout RandomSource) -> [Int] {
        if isBootstrap { return (0..<size).map { _ in random.index(below: rowCount) } }
        if size == rowCount { return Array(0..<rowCount) }
        return dealt[tree * size..<(tree + 1) * size].map { Int($0) }
    }
}
