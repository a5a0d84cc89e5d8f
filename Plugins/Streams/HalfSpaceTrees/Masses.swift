package import OutlierCore

/// How many rows came through each node of all trees.
package struct Masses: Sendable {
    package private(set) var counts: [Int32]
    /// The rows that were counted.
    package private(set) var rows = 0
    /// The nodes whose count is not 0, so that clearing need not look at all.
    private var touched: [Int32] = []

    /// - Parameter touching: how many nodes may be touched before room for more has to be made.
    package init(nodes: Int, touching most: Int) {
        counts = [Int32](repeating: 0, count: nodes)
        touched.reserveCapacity(min(most, 1 << 20))
    }

    /// Counts one row in every node that it comes through.
    package mutating func count(_ row: UnsafeBufferPointer<Double>, in shape: HalfSpaces) {
        let (inner, nodes, depth) = (shape.innerNodes, shape.nodes, shape.depth)
        rows += 1
        shape.columns.withUnsafeBufferPointer { columns in
            shape.cuts.withUnsafeBufferPointer { cuts in
                for tree in 0..<shape.trees {
                    let (first, base) = (tree * inner, tree * nodes)
                    var node = 0
                    for level in 0...depth {
                        let index = base + node
                        if counts[index] == 0 { touched.append(Int32(truncatingIfNeeded: index)) }
                        counts[index] &+= 1
                        guard level < depth else { break }
                        node = 2 * node + (row[Int(columns[first + node])] < cuts[first + node] ? 1 : 2)
                    }
                }
            }
        }
    }

    package mutating func clear() {
        for node in touched { counts[Int(node)] = 0 }
        touched.removeAll(keepingCapacity: true)
        rows = 0
    }

    package func encode(to archive: inout ModelArchive, as name: String) {
        let nodes = touched.sorted()
        archive.store(rows, as: "\(name)/rows")
        archive.store(nodes, as: "\(name)/nodes")
        archive.store(nodes.map { counts[Int($0)] }, as: "\(name)/counts")
    }

    package mutating func decode(from archive: ModelArchive, as name: String, most window: Int) throws {
        rows = try archive.integer("\(name)/rows", in: 0...window)
        let known = try archive.int32s("\(name)/nodes")
        guard rows > 0 || known.isEmpty else {
            throw OutlierError(.invalidModel, "the model counts rows that it has not seen")
        }
        let nodes = try archive.int32s("\(name)/nodes", in: 0...Int32(counts.count - 1))
        let values = try archive.int32s("\(name)/counts", count: nodes.count, in: 1...Int32(max(1, rows)))
        for (node, value) in zip(nodes, values) {
            guard counts[Int(node)] == 0 else {
                throw OutlierError(.invalidModel, "the model counts the rows of a node twice")
            }
            counts[Int(node)] = value
            touched.append(node)
        }
    }
}
