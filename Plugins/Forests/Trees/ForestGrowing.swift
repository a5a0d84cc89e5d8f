import OutlierCore
import Synchronization

/// Grows the trees of a forest in parallel, each from a stream of random numbers of its own.
func growForest<Tree: Sendable>(
    trees: Int, empty: Tree, context: FitContext, _ grow: @Sendable (Int, inout RandomSource) throws -> Tree
) throws -> [Tree] {
    var forest = [Tree](repeating: empty, count: trees)
    let grown = Atomic<Int>(0)
    try forest.withUnsafeMutableBufferPointer { buffer in
        let shared = SharedBuffer(buffer)
        try context.execution.forEach(trees) { tree in
            var random = context.random(stream: tree)
            shared.buffer[tree] = try grow(tree, &random)
            let done = grown.add(1, ordering: .relaxed).newValue
            context.report(Double(done) / Double(trees), stage: "growing trees")
        }
    }
    return forest
}
