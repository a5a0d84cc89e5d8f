import CKernels
import OutlierCore

/// The search for the neighbours of some queries that lie together: its memory and its two ways.
///
/// The first way looks at single-precision distances, which a fast kernel gives, keeps some more candidates than are
/// asked for, computes their distances in double precision and proves from the error bounds of
/// ``SinglePrecisionPanels`` that no other point can be nearer. Queries for which the proof fails, as where many points
/// are equally far away, go the second way: all distances in double precision. Both ways leave out the nodes of the
/// tree that are too far away, and both end with the same neighbours: those with the least distances as double
/// precision gives them, and the least rows among equals.
final class BlockSearch {
    static let group = Int(OUTLIER_KNN_GROUP)

    private let index: NeighborSearch
    private let points: UnsafePointer<Double>
    private let columnCount: Int
    private let kernel: Int32
    private let power: Double
    /// How many neighbours each query gets.
    let neighborCount: Int
    /// How many candidates the first way keeps.
    private let candidateCount: Int
    /// How much room the list of a query's candidates has.
    private let stride: Int
    private let capacity: Int
    /// What a box's distance is multiplied by before it is compared, as it is rounded too.
    private let caution: Double

    /// The queries of the block: their coordinates and the position each leaves out, or -1.
    private let queries: FixedBuffer<UnsafePointer<Double>>
    private let excluded: FixedBuffer<Int32>
    private var queryCount = 0

    /// Query × `neighborCount`: the result, the nearest first.
    let distances: FixedBuffer<Double>
    let rows: FixedBuffer<Int32>

    // What the first way needs.
    private let packed: FixedBuffer<Float>
    private let squaredNorms: FixedBuffer<Double>
    private let slacks: FixedBuffer<Double>
    private let thresholds: FixedBuffer<Float>
    private let counts: FixedBuffer<Int32>
    private let keys: FixedBuffer<Float>
    private let positions: FixedBuffer<Int32>
    private let groupBounds: FixedBuffer<Double>
    /// The corners of the box around each group, then of the box around the whole block.
    private let boxes: FixedBuffer<Double>

    /// Points whose distances are computed together.
    private let fourPoints: FixedBuffer<UnsafePointer<Double>?>
    private let fourRows: FixedBuffer<Int32>
    private let fourDistances: FixedBuffer<Double>

    // What the second way needs.
    private let tile: FixedBuffer<Double>
    private let tileDistances: FixedBuffer<Double>

    private var open: [(node: Int, distance: Double)] = []
    /// Room for the neighbours of one query with their repetitions.
    var list: [(raw: Double, row: Int32)] = []

    /// - Parameter groups: how many groups of queries a block may have.
    init(_ index: NeighborSearch, points: UnsafePointer<Double>, neighborCount: Int, groups: Int) {
        self.index = index
        self.points = points
        self.neighborCount = neighborCount
        columnCount = index.tree.columnCount
        kernel = index.metric.kernel
        power = index.metric.power
        capacity = groups * BlockSearch.group
        caution = 1 - 8 * Double(columnCount + 4) * 0x1p-53
        candidateCount = neighborCount + max(8, neighborCount / 2)
        stride = (candidateCount + Int(OUTLIER_KNN_SPARE) + 15) / 16 * 16
        queries = FixedBuffer(capacity, repeating: points)
        excluded = FixedBuffer(capacity, repeating: -1)
        distances = FixedBuffer(capacity * neighborCount, repeating: 0)
        rows = FixedBuffer(capacity * neighborCount, repeating: 0)
        let approximate = index.panels == nil ? 0 : capacity
        packed = FixedBuffer(approximate * columnCount, repeating: 0)
        squaredNorms = FixedBuffer(approximate, repeating: 0)
        slacks = FixedBuffer(approximate, repeating: 0)
        thresholds = FixedBuffer(approximate, repeating: 0)
        counts = FixedBuffer(approximate, repeating: 0)
        keys = FixedBuffer(approximate * stride, repeating: 0)
        positions = FixedBuffer(approximate * stride, repeating: 0)
        groupBounds = FixedBuffer(groups, repeating: 0)
        boxes = FixedBuffer(2 * (groups + 1) * columnCount, repeating: 0)
        fourPoints = FixedBuffer(4, repeating: points)
        fourRows = FixedBuffer(4, repeating: 0)
        fourDistances = FixedBuffer(4, repeating: 0)
        tile = FixedBuffer(PointTree.leafSize * columnCount, repeating: 0)
        tileDistances = FixedBuffer(PointTree.leafSize, repeating: 0)
    }

    /// Finds the neighbours of up to `capacity` queries and puts them into ``distances`` and ``rows``.
    func run(_ list: some RandomAccessCollection<(row: UnsafePointer<Double>, excluded: Int32)>) {
        queryCount = 0
        for (row, excludedPosition) in list {
            queries.pointer[queryCount] = row
            excluded.pointer[queryCount] = excludedPosition
            queryCount += 1
        }
        guard queryCount > 0 else { return }
        guard let panels = index.panels else {
            searchExactly((0..<queryCount).map { ($0, .infinity) })
            return
        }
        prepare(panels)
        searchApproximately(panels)
        var unproven: [(query: Int, bound: Double)] = []
        for query in 0..<queryCount {
            if let bound = settle(query, panels) { unproven.append((query, bound)) }
        }
        if !unproven.isEmpty { searchExactly(unproven) }
    }

    // MARK: The first way

    private var groupCount: Int { (queryCount + BlockSearch.group - 1) / BlockSearch.group }

    private func prepare(_ panels: SinglePrecisionPanels) {
        let width = columnCount
        let group = BlockSearch.group
        let slots = groupCount * group
        counts.pointer.update(repeating: 0, count: slots)
        packed.pointer.update(repeating: 0, count: slots * width)
        let blockLow = boxes.pointer + 2 * groupCount * width
        let blockHigh = blockLow + width
        blockLow.update(repeating: .infinity, count: width)
        blockHigh.update(repeating: -.infinity, count: width)
        for slot in 0..<slots {
            thresholds.pointer[slot] = -.infinity
            let number = slot / group
            let low = boxes.pointer + 2 * number * width
            if slot % group == 0 {
                low.update(repeating: .infinity, count: width)
                (low + width).update(repeating: -.infinity, count: width)
            }
            guard slot < queryCount else { continue }
            let row = queries.pointer[slot]
            let target = packed.pointer + number * width * group + slot % group
            var norm = 0.0
            for column in 0..<width {
                let value = (row[column] - panels.center[column]) * panels.scale
                norm += value * value
                target[column * group] = Float(-2 * value)
            }
            squaredNorms.pointer[slot] = norm
            slacks.pointer[slot] = panels.slack(squaredNorm: norm)
            // A query so far outside that single precision cannot hold it goes the second way.
            guard norm < 1e30 else { continue }
            thresholds.pointer[slot] = .infinity
            outlier_box_extend(low, low + width, row, width)
            outlier_box_extend(blockLow, blockHigh, row, width)
        }
        groupBounds.pointer.update(repeating: .infinity, count: groupCount)
        for number in 0..<groupCount { groupBounds.pointer[number] = bound(ofGroup: number, panels) }
    }

    /// The raw distance that no neighbour of a query of the group exceeds, as far as is known.
    private func bound(ofGroup number: Int, _ panels: SinglePrecisionPanels) -> Double {
        var largest = -Double.infinity
        for query in number * BlockSearch.group..<min(queryCount, (number + 1) * BlockSearch.group) {
            let approximate = squaredNorms.pointer[query] + Double(thresholds.pointer[query])
            largest = max(largest, approximate + slacks.pointer[query])
        }
        return largest / (1 - 2 * panels.error) / (panels.scale * panels.scale)
    }

    private func candidates(ofGroup number: Int) -> outlier_knn_candidates {
        let start = number * BlockSearch.group
        return outlier_knn_candidates(
            keys: keys.pointer + start * stride, positions: positions.pointer + start * stride,
            counts: counts.pointer + start, thresholds: thresholds.pointer + start,
            excluded: excluded.pointer + start, wanted: Int32(candidateCount), stride: Int32(stride))
    }

    private func searchApproximately(_ panels: SinglePrecisionPanels) {
        let width = columnCount
        let tree = index.tree
        let blockLow = UnsafePointer(boxes.pointer + 2 * groupCount * width)
        func distance(toBlock node: Int) -> Double {
            caution
                * outlier_box_distance(
                    kernel, power, blockLow, blockLow + width, tree.low(node), tree.high(node), width)
        }
        var blockBound = (0..<groupCount).reduce(-Double.infinity) { max($0, groupBounds.pointer[$1]) }
        open.removeAll(keepingCapacity: true)
        open.append((0, distance(toBlock: 0)))
        while let (node, nodeDistance) = open.popLast() {
            if nodeDistance > blockBound { continue }
            let second = Int(tree.secondChild.pointer[node])
            if second != 0 {
                let near = (node: node + 1, distance: distance(toBlock: node + 1))
                let far = (node: second, distance: distance(toBlock: second))
                if near.distance <= far.distance {
                    open.append(far)
                    open.append(near)
                } else {
                    open.append(near)
                    open.append(far)
                }
                continue
            }
            let first = Int(tree.firstPosition.pointer[node])
            let panel = first / SinglePrecisionPanels.width
            let panelCount = (tree.leafCount(at: first) + SinglePrecisionPanels.width - 1) / SinglePrecisionPanels.width
            var largest = -Double.infinity
            for number in 0..<groupCount {
                let low = UnsafePointer(boxes.pointer + 2 * number * width)
                if groupBounds.pointer[number] != -.infinity,
                    caution
                        * outlier_box_distance(
                            kernel, power, low, low + width, tree.low(node), tree.high(node), width)
                        <= groupBounds.pointer[number]
                {
                    let start = number * BlockSearch.group
                    outlier_knn_scan(
                        panels.panels.pointer + panel * width * SinglePrecisionPanels.width,
                        panels.norms.pointer + panel * SinglePrecisionPanels.width, panelCount, width, Int32(first),
                        packed.pointer + start * width, candidates(ofGroup: number))
                    groupBounds.pointer[number] = bound(ofGroup: number, panels)
                }
                largest = max(largest, groupBounds.pointer[number])
            }
            blockBound = largest
        }
        for number in 0..<groupCount { outlier_knn_finish(candidates(ofGroup: number)) }
    }

    /// Computes the candidates' distances and keeps the nearest.
    ///
    /// - Returns: `nil` where it is proven that they are the nearest of all points; else what the distance of the last
    ///   neighbour cannot exceed.
    private func settle(_ query: Int, _ panels: SinglePrecisionPanels) -> Double? {
        guard thresholds.pointer[query] > -.infinity else { return .infinity }
        var heap = heap(for: query)
        let start = query * stride
        var waiting = 0
        for candidate in start..<start + Int(counts.pointer[query]) {
            let row = index.tree.rows.pointer[Int(positions.pointer[candidate])]
            fourRows.pointer[waiting] = row
            fourPoints.pointer[waiting] = points + Int(row) * columnCount
            waiting += 1
            if waiting == 4 {
                offerFour(4, to: &heap, query: query)
                waiting = 0
            }
        }
        if waiting > 0 { offerFour(waiting, to: &heap, query: query) }
        guard heap.count == neighborCount else { return .infinity }
        let last = heap.bound
        let root = thresholds.pointer[query]
        if root < .infinity {
            let others = panels.lowerBound(
                approximate: squaredNorms.pointer[query] + Double(root), slack: slacks.pointer[query])
            guard others / (panels.scale * panels.scale) * caution > last else { return last }
        }
        heap.sort()
        return nil
    }

    /// Offers the first `count` of the four points that are waiting.
    private func offerFour(_ count: Int, to heap: inout NearestHeap, query: Int) {
        outlier_raw_distances_of_four(
            kernel, power, queries.pointer[query], fourPoints.pointer, columnCount, fourDistances.pointer)
        for item in 0..<count { heap.offer(fourDistances.pointer[item], fourRows.pointer[item]) }
    }

    private func heap(for query: Int) -> NearestHeap {
        NearestHeap(
            distances: distances.pointer + query * neighborCount, rows: rows.pointer + query * neighborCount,
            capacity: neighborCount)
    }

    // MARK: The second way

    /// - Parameter list: queries of this block, and what the distance of their last neighbour cannot exceed.
    private func searchExactly(_ list: [(query: Int, bound: Double)]) {
        let width = columnCount
        let tree = index.tree
        var heaps = list.map { heap(for: $0.query) }
        let low = boxes.pointer
        let high = low + width
        low.update(repeating: .infinity, count: width)
        high.update(repeating: -.infinity, count: width)
        for (query, _) in list { outlier_box_extend(low, high, queries.pointer[query], width) }
        func distance(toBlock node: Int) -> Double {
            caution * outlier_box_distance(kernel, power, low, high, tree.low(node), tree.high(node), width)
        }
        func bound(_ item: Int) -> Double { min(list[item].bound, heaps[item].bound) }

        var blockBound = Double.infinity
        open.removeAll(keepingCapacity: true)
        open.append((0, distance(toBlock: 0)))
        while let (node, nodeDistance) = open.popLast() {
            if nodeDistance > blockBound { continue }
            let second = Int(tree.secondChild.pointer[node])
            if second != 0 {
                let near = (node: node + 1, distance: distance(toBlock: node + 1))
                let far = (node: second, distance: distance(toBlock: second))
                if near.distance <= far.distance {
                    open.append(far)
                    open.append(near)
                } else {
                    open.append(near)
                    open.append(far)
                }
                continue
            }
            let first = Int(tree.firstPosition.pointer[node])
            let count = tree.leafCount(at: first)
            var isGathered = false
            var largest = -Double.infinity
            for (item, entry) in list.enumerated() {
                let row = queries.pointer[entry.query]
                let toLeaf =
                    caution * outlier_box_distance(kernel, power, row, row, tree.low(node), tree.high(node), width)
                if toLeaf <= bound(item) {
                    if !isGathered {
                        gather(first, count)
                        isGathered = true
                    }
                    outlier_raw_distances(kernel, power, row, tile.pointer, width, tileDistances.pointer)
                    for point in 0..<count where tileDistances.pointer[point] <= bound(item) {
                        let position = first + point
                        if Int32(position) == excluded.pointer[entry.query] { continue }
                        heaps[item].offer(tileDistances.pointer[point], tree.rows.pointer[position])
                    }
                }
                largest = max(largest, bound(item))
            }
            blockBound = largest
        }
        for item in heaps.indices { heaps[item].sort() }
    }

    /// Puts the points of a leaf side by side.
    private func gather(_ first: Int, _ count: Int) {
        for point in 0..<count {
            let row = points + Int(index.tree.rows.pointer[first + point]) * columnCount
            for column in 0..<columnCount {
                tile.pointer[column * PointTree.leafSize + point] = row[column]
            }
        }
    }
}
