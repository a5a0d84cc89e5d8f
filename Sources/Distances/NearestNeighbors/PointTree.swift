import CKernels
import OutlierCore

/// A k-d tree (Bentley, 1975; Friedman, Bentley & Finkel, 1977) whose leaves are tiles of points that lie together.
///
/// It gives the points an order: leaf after leaf, each with ``leafSize`` of them, the last with what remains. Every
/// node knows the box around its points, which is all that a search needs to leave it out.
struct PointTree: Sendable {
    static let leafSize = Int(OUTLIER_DISTANCE_TILE)

    let columnCount: Int
    /// The row of each position.
    let rows: FixedBuffer<Int32>
    /// For each node, in preorder, the second child; 0 for a leaf. The first child follows its parent.
    let secondChild: FixedBuffer<Int32>
    /// For each node the first position of its points.
    let firstPosition: FixedBuffer<Int32>
    /// For each node the corner of its box with the least coordinates, then the corner with the largest.
    let boxes: FixedBuffer<Double>

    var count: Int { rows.count }

    /// How many positions the leaf that begins at `position` holds.
    func leafCount(at position: Int) -> Int { min(PointTree.leafSize, count - position) }

    func low(_ node: Int) -> UnsafePointer<Double> { UnsafePointer(boxes.pointer + 2 * node * columnCount) }
    func high(_ node: Int) -> UnsafePointer<Double> { UnsafePointer(boxes.pointer + (2 * node + 1) * columnCount) }

    /// - Parameter members: the rows of `points` that the tree holds, at least one.
    init(_ points: Matrix, members: [Int32], execution: Execution) throws {
        let width = points.columnCount
        let leaves = (members.count + PointTree.leafSize - 1) / PointTree.leafSize
        let nodes = 2 * leaves - 1
        columnCount = width
        rows = FixedBuffer(members.count, repeating: 0)
        secondChild = FixedBuffer(nodes, repeating: 0)
        firstPosition = FixedBuffer(nodes, repeating: 0)
        boxes = FixedBuffer(2 * nodes * width, repeating: 0)
        for (position, row) in members.enumerated() { rows.pointer[position] = row }
        try points.withUnsafeBufferPointer { values in
            try build(values, leaves: leaves, execution: execution)
        }
    }

    private func build(_ values: UnsafeBufferPointer<Double>, leaves: Int, execution: Execution) throws {
        guard let values = values.baseAddress else { return }
        let width = columnCount
        let keys = FixedBuffer<Double>(count, repeating: 0)
        var open: [(node: Int, positions: Range<Int>)] = [(0, 0..<count)]
        while let (node, positions) = open.popLast() {
            try execution.checkCancellation()
            let low = boxes.pointer + 2 * node * width
            let high = low + width
            low.update(repeating: .infinity, count: width)
            high.update(repeating: -.infinity, count: width)
            for position in positions {
                outlier_box_extend(low, high, values + Int(rows.pointer[position]) * width, width)
            }
            firstPosition.pointer[node] = Int32(positions.lowerBound)
            let leaves = (positions.count + PointTree.leafSize - 1) / PointTree.leafSize
            if leaves == 1 { continue }

            var widest = 0
            for column in 1..<max(1, width) where high[column] - low[column] > high[widest] - low[widest] {
                widest = column
            }
            for position in positions {
                keys.pointer[position] = values[Int(rows.pointer[position]) * width + widest]
            }
            let middle = positions.lowerBound + leaves / 2 * PointTree.leafSize
            select(middle, in: positions, keys: keys.pointer)
            // A tree over n leaves has 2n - 1 nodes.
            let second = node + 2 * (leaves / 2)
            secondChild.pointer[node] = Int32(second)
            open.append((second, middle..<positions.upperBound))
            open.append((node + 1, positions.lowerBound..<middle))
        }
    }

    /// Puts the rows with the least keys before position `middle` (Hoare's selection).
    private func select(_ middle: Int, in positions: Range<Int>, keys: UnsafeMutablePointer<Double>) {
        let rows = rows.pointer
        var first = positions.lowerBound
        var last = positions.upperBound - 1
        while first < last {
            let a = keys[first]
            let b = keys[first + (last - first) / 2]
            let c = keys[last]
            let pivot = max(min(a, b), min(max(a, b), c))
            var left = first
            var right = last
            while left <= right {
                while keys[left] < pivot { left += 1 }
                while keys[right] > pivot { right -= 1 }
                if left <= right {
                    swap(&keys[left], &keys[right])
                    swap(&rows[left], &rows[right])
                    left += 1
                    right -= 1
                }
            }
            if middle <= right {
                last = right
            } else if middle >= left {
                first = left
            } else {
                return
            }
        }
    }

    /// The first position of the leaf whose part of space holds `row`, or is near it.
    func leaf(near row: UnsafePointer<Double>, kernel: Int32, power: Double) -> Int {
        var node = 0
        while secondChild.pointer[node] != 0 {
            let first = node + 1
            let second = Int(secondChild.pointer[node])
            let toFirst = outlier_box_distance(kernel, power, row, row, low(first), high(first), columnCount)
            let toSecond = outlier_box_distance(kernel, power, row, row, low(second), high(second), columnCount)
            node = toFirst <= toSecond ? first : second
        }
        return Int(firstPosition.pointer[node])
    }
}
