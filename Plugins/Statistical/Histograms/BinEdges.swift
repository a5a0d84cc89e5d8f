import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The edges of one histogram's bins: at least two numbers, strictly ascending.
struct BinEdges: Sendable {
    let edges: [Double]

    var binCount: Int { edges.count - 1 }

    /// Bins of one width over a range, as `numpy.histogram` places them: a range without extent is widened by ½ on
    /// either side. Where the numbers lie too near each other for as many bins, there are fewer.
    ///
    /// - Throws: ``OutlierError/Code/numericalFailure`` where the range is wider than a number can say.
    static func equalWidth(lowest: Double, highest: Double, bins: Int, of place: String) throws -> BinEdges {
        var lowest = lowest
        var highest = highest
        if lowest == highest {
            // ½ is lost beside a very large number.
            let half = max(0.5, abs(lowest) * 0x1p-40)
            lowest -= half
            highest += half
        }
        let width = (highest - lowest) / Double(bins)
        guard width.isFinite, (highest - lowest).isFinite else {
            throw OutlierError(
                .numericalFailure, "\(place) reaches from \(lowest) to \(highest), which is too wide for a histogram",
                suggestion: "Put the preprocessor “robust-scaler” before the detector.")
        }
        var edges = [lowest]
        edges.reserveCapacity(bins + 1)
        for index in stride(from: 1, to: bins, by: 1) {
            let edge = Double(index) * width + lowest
            if edge > edges[edges.count - 1] && edge < highest { edges.append(edge) }
        }
        edges.append(highest)
        return BinEdges(edges: edges)
    }

    /// Bins that hold equally many of the numbers, as nearly as equal numbers, which stay together, allow. Between two
    /// bins the edge is half-way from the last number of the one to the first of the other.
    ///
    static func equalFrequency(_ column: WeightedColumn, bins: Int, of place: String) throws -> BinEdges {
        let sorted = column.sorted
        let lowest = sorted[0]
        let highest = sorted[sorted.count - 1]
        if lowest == highest || bins == 1 {
            return try equalWidth(lowest: lowest, highest: highest, bins: 1, of: place)
        }
        // Numbers that count less than 1 may be fewer in a bin than one.
        let exact = column.total / Double(bins)
        let share = exact < 1 ? exact : exact.rounded(.down)
        var edges = [lowest]
        var position = max(1, column.position(behind: share))
        while position < sorted.count && edges.count < bins {
            while position < sorted.count && sorted[position] == sorted[position - 1] { position += 1 }
            guard position < sorted.count else { break }
            let edge = sorted[position - 1] / 2 + sorted[position] / 2
            if edge > edges[edges.count - 1] && edge < highest { edges.append(edge) }
            position = max(position + 1, column.position(behind: column.weight(of: 0..<position) + share))
        }
        edges.append(highest)
        return BinEdges(edges: edges)
    }

    /// The width of the bins where each edge but the last is exactly the first + k · width, and bins are wide enough that
    /// arithmetic finds a value's bin or its neighbour; 0 otherwise.
    static func commonWidth(_ edges: ArraySlice<Double>) -> Double {
        guard let first = edges.first, let last = edges.last, edges.count > 1 else { return 0 }
        let width = (last - first) / Double(edges.count - 1)
        guard width.isFinite, (1 / width).isFinite, width > max(abs(first), abs(last)) * 0x1p-48 else { return 0 }
        for (index, edge) in edges.dropLast().enumerated() {
            guard edge == Double(index) * width + first else { return 0 }
        }
        return width
    }
}

/// How many bins of one width suit some numbers (Birgé & Rozenholc, 2006): the most likely histogram, less a penalty
/// for its bins.
enum AutomaticBinCount {
    /// How the penalty b − 1 + (ln b)^2.5 enters the sum over b bins.
    enum Penalty {
        /// Once, as the paper has it.
        case once
        /// Once for each bin, and 1 is added under the logarithm: PyOD's rule, which prefers fewer bins.
        case perBin
    }

    /// The best number of bins among 1..<√n (at least 1), n being what the numbers count together; no more bins than
    /// numbers.
    static func choose(_ column: WeightedColumn, penalty: Penalty, of place: String) throws -> Int {
        let sorted = column.sorted
        let count = column.total
        var best = (bins: 1, likelihood: -Double.infinity)
        for bins in 1..<max(2, Int(min(count.squareRoot(), Double(sorted.count)))) {
            let edges = try BinEdges.equalWidth(
                lowest: sorted[0], highest: sorted[sorted.count - 1], bins: bins, of: place
            ).edges
            let cost = Double(bins - 1) + pow(log(Double(bins)), 2.5)
            var likelihood = penalty == .once ? -cost : 0
            var below = 0
            for bin in 1..<edges.count {
                let end =
                    bin == edges.count - 1
                    ? sorted.count : SortedSearch.partition(below..<sorted.count) { sorted[$0] < edges[bin] }
                let inside = column.weight(of: below..<end)
                switch penalty {
                case .once: if inside > 0 { likelihood += inside * log(Double(bins) * inside / count) }
                case .perBin: likelihood += inside * log(Double(bins) * inside / count + 1) - cost
                }
                below = end
            }
            if likelihood > best.likelihood { best = (bins, likelihood) }
        }
        return best.bins
    }
}
