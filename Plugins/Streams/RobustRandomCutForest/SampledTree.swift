package import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A random cut tree over a sample of the rows that came by.
///
/// The sample is a reservoir: every row gets a random key, and those with the lowest keys are kept. With a decay the keys of
/// newer rows are lower (Efraimidis & Spirakis, *Weighted random sampling with a reservoir*, 2006).
package struct SampledTree: Sendable {
    package private(set) var shape: RandomCutTree
    /// A heap with the highest key first.
    package private(set) var keys: [Double] = []
    /// Each key's place among ``leaves``.
    private var slots: [Int32] = []
    /// The leaf of each row of the sample, by its place; one leaf may stand for equal rows.
    package private(set) var leaves: [Int32] = []

    package init(capacity: Int, columnCount: Int) {
        shape = RandomCutTree(capacity: capacity, columnCount: columnCount)
    }

    /// Takes a row into the sample or lets it go by.
    ///
    /// - Parameters:
    ///   - step: how many rows came before; with the seed and the number of the tree it determines what is drawn.
    ///   - taken: is told the row's place in the sample and whose place it took, if the sample was full: its own.
    package mutating func offer(
        _ point: UnsafeBufferPointer<Double>, at step: Int, of tree: Int, seed: UInt64, decay: Double,
        taken: (_ place: Int, _ left: Int?) -> Void = { _, _ in }
    ) {
        var random = RandomSource(seed: seed ^ RandomSource.mixed(UInt64(step)), stream: UInt64(tree))
        // log(−log u): the logarithm of an exponential number. The older of two rows is moved back by the decay.
        let key = log(-log(1 - random.uniform())) - decay * Double(step)
        if keys.count < shape.capacity {
            let place = leaves.count
            leaves.append(shape.insert(point, random: &random))
            keys.append(key)
            slots.append(Int32(place))
            siftUp(keys.count - 1)
            taken(place, nil)
        } else if key < keys[0] {
            let place = Int(slots[0])
            shape.remove(leaves[place])
            leaves[place] = shape.insert(point, random: &random)
            keys[0] = key
            siftDown(0)
            taken(place, place)
        }
    }

    private mutating func siftUp(_ index: Int) {
        var index = index
        while index > 0 {
            let parent = (index - 1) / 2
            guard keys[index] > keys[parent] else { return }
            swap(index, parent)
            index = parent
        }
    }

    private mutating func siftDown(_ index: Int) {
        var index = index
        while true {
            var largest = index
            for child in [2 * index + 1, 2 * index + 2] where child < keys.count && keys[child] > keys[largest] {
                largest = child
            }
            guard largest != index else { return }
            swap(index, largest)
            index = largest
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        keys.swapAt(one, other)
        slots.swapAt(one, other)
    }

    // MARK: On disk

    package func encode(to archive: inout ModelArchive) {
        let flat = shape.flat
        archive.store(flat.columns, as: "columns")
        archive.store(flat.cuts, as: "cuts")
        archive.store(flat.points, as: "points")
        archive.store(flat.counts, as: "counts")
        // The heap as it is, each key with the position of its leaf.
        var positions = [Int32](repeating: 0, count: shape.counts.count)
        for (position, leaf) in flat.leaves.enumerated() { positions[Int(leaf)] = Int32(position) }
        archive.store(keys, as: "keys")
        archive.store(slots.map { positions[Int(leaves[Int($0)])] }, as: "leaves")
    }

    package init(from archive: ModelArchive, capacity: Int, columnCount: Int) throws {
        var flat = RandomCutTree.Flat()
        flat.columns = try archive.int32s("columns", in: -1...Int32.max)
        flat.cuts = try archive.doubles("cuts")
        flat.points = try archive.doubles("points")
        flat.counts = try archive.int32s("counts", in: 1...Int32(clamping: capacity))
        let keys = try archive.doubles("keys")
        let found = try archive.int32s("leaves", count: keys.count, in: 0...Int32.max)
        guard keys.count <= capacity, !keys.contains(where: \.isNaN), flat.points.allSatisfy(\.isFinite),
            keys.indices.dropFirst().allSatisfy({ keys[$0] <= keys[($0 - 1) / 2] }),
            found.allSatisfy({ Int($0) < flat.counts.count })
        else { throw OutlierError(.invalidModel, "the model's sample is damaged") }
        var used = [Int32](repeating: 0, count: flat.counts.count)
        for position in found { used[Int(position)] += 1 }
        guard used == flat.counts else {
            throw OutlierError(.invalidModel, "the model's sample is not what its tree holds")
        }
        let (tree, leaves) = try RandomCutTree.read(flat, capacity: capacity, columnCount: columnCount)
        self.keys = keys
        shape = tree
        self.leaves = found.map { leaves[Int($0)] }
        slots = (0..<Int32(keys.count)).map { $0 }
    }
}
