internal import CKernels

/// Rows of the kernel matrix, in bounded memory: the row that was not used for the longest time makes room.
final class KernelRowCache {
    private let memory: Storage<Float>
    private var stride: Int
    private var capacity: Int
    private var slots: [Int32]
    private var owners: [Int32] = []
    // A ring of slots, from the most to the least recently used; the last element is its head.
    private var next: [Int] = []
    private var previous: [Int] = []
    private var used = 0
    private let points: Int

    /// - Parameters:
    ///   - points: how many rows the kernel matrix has.
    ///   - bytes: the most memory to take, though never less than two rows.
    init(points: Int, bytes: Int) {
        self.points = points
        stride = PointPanels.padded(points)
        let wanted = stride.multipliedReportingOverflow(by: points)
        let elements = max(2 * stride, min(bytes / MemoryLayout<Float>.stride, wanted.overflow ? .max : wanted.0))
        memory = Storage(uninitialized: elements)
        capacity = 0
        slots = Array(repeating: -1, count: points)
        reset(stride: stride)
    }

    /// Forgets every row; rows have `stride` elements from now on.
    func reset(stride: Int) {
        for owner in owners { slots[Int(owner)] = -1 }
        self.stride = stride
        capacity = min(points, memory.count / stride)
        used = 0
        owners.removeAll(keepingCapacity: true)
        next = Array(repeating: 0, count: capacity + 1)
        previous = next
        next[capacity] = capacity
        previous[capacity] = capacity
    }

    /// The memory for the row of `point`, and whether it still has to be computed. It stays valid until two further
    /// rows are asked for.
    func row(of point: Int) -> (values: UnsafeMutablePointer<Float>, isMissing: Bool) {
        let known = Int(slots[point])
        if known >= 0 {
            unlink(known)
            linkFirst(known)
            return (memory.pointer + known * stride, false)
        }
        let slot: Int
        if used < capacity {
            slot = used
            used += 1
            owners.append(Int32(point))
        } else {
            slot = previous[capacity]
            unlink(slot)
            slots[Int(owners[slot])] = -1
            owners[slot] = Int32(point)
        }
        slots[point] = Int32(slot)
        linkFirst(slot)
        return (memory.pointer + slot * stride, true)
    }

    /// Keeps only the elements at the ascending positions `kept` of every row, which makes room for more rows.
    func compact(_ kept: [Int32]) {
        let newStride = PointPanels.padded(kept.count)
        // Rows move towards the front, the first of them first, so that none is overwritten before it has moved.
        for slot in 0..<used {
            let target = memory.pointer + slot * newStride
            outlier_smo_compact(memory.pointer + slot * stride, kept, Int64(kept.count), target)
            for pad in kept.count..<newStride { target[pad] = 0 }
        }
        stride = newStride
        let newCapacity = min(points, memory.count / stride)
        // The head moves to the end of the longer arrays.
        let head = capacity
        let order = sequence(first: next[head]) { self.next[$0] }.prefix { $0 != head }
        let recent = Array(order)
        capacity = newCapacity
        next = Array(repeating: 0, count: capacity + 1)
        previous = next
        next[capacity] = capacity
        previous[capacity] = capacity
        for slot in recent.reversed() { linkFirst(slot) }
    }

    private func unlink(_ slot: Int) {
        next[previous[slot]] = next[slot]
        previous[next[slot]] = previous[slot]
    }

    private func linkFirst(_ slot: Int) {
        let first = next[capacity]
        next[slot] = first
        previous[slot] = capacity
        previous[first] = slot
        next[capacity] = slot
    }
}
