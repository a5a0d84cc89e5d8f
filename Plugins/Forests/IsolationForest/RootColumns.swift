import OutlierCore

/// Which column each tree of a forest cuts first: all columns in turn, in a random order.
///
/// Each tree's choice is as random as the paper's, but the forest as a whole leaves less to chance (stratified sampling):
/// with trees that choose for themselves, one column may come first twice as often as another.
struct RootColumns: Sendable {
    private let order: [Int]

    init(trees: Int, columnCount: Int, context: FitContext) {
        var random = context.random(stream: -2)
        order = random.sample(min(trees, columnCount), below: columnCount)
    }

    subscript(tree: Int) -> Int { order[tree % order.count] }
}
