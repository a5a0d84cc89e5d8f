/// The `capacity` nearest points seen so far, of which the farthest is known; equal distances are ordered by row.
///
/// It works in memory that its owner lends.
struct NearestHeap {
    let distances: UnsafeMutablePointer<Double>
    let rows: UnsafeMutablePointer<Int32>
    let capacity: Int
    private(set) var count = 0

    init(distances: UnsafeMutablePointer<Double>, rows: UnsafeMutablePointer<Int32>, capacity: Int) {
        self.distances = distances
        self.rows = rows
        self.capacity = capacity
    }

    /// The distance of the farthest point that is kept; infinity where there is room for more.
    var bound: Double { count < capacity ? .infinity : distances[0] }

    mutating func offer(_ distance: Double, _ row: Int32) {
        if count < capacity {
            var hole = count
            count += 1
            while hole > 0 {
                let parent = (hole - 1) / 2
                if !isFarther((distance, row), (distances[parent], rows[parent])) { break }
                distances[hole] = distances[parent]
                rows[hole] = rows[parent]
                hole = parent
            }
            distances[hole] = distance
            rows[hole] = row
        } else if isFarther((distances[0], rows[0]), (distance, row)) {
            place(distance, row, from: 0, below: count)
        }
    }

    /// Orders what is kept, the nearest first. Nothing may be offered afterwards.
    mutating func sort() {
        var end = count - 1
        while end > 0 {
            let (distance, row) = (distances[end], rows[end])
            distances[end] = distances[0]
            rows[end] = rows[0]
            place(distance, row, from: 0, below: end)
            end -= 1
        }
    }

    private func place(_ distance: Double, _ row: Int32, from start: Int, below end: Int) {
        var hole = start
        while true {
            var child = 2 * hole + 1
            if child >= end { break }
            if child + 1 < end
                && isFarther((distances[child + 1], rows[child + 1]), (distances[child], rows[child]))
            {
                child += 1
            }
            if !isFarther((distances[child], rows[child]), (distance, row)) { break }
            distances[hole] = distances[child]
            rows[hole] = rows[child]
            hole = child
        }
        distances[hole] = distance
        rows[hole] = row
    }

    @inline(__always)
    private func isFarther(_ left: (Double, Int32), _ right: (Double, Int32)) -> Bool {
        left.0 > right.0 || (left.0 == right.0 && left.1 > right.1)
    }
}
