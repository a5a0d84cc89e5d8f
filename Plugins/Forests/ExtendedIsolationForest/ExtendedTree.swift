import CKernels
import OutlierCore

/// One tree of an extended isolation forest, its nodes in the order that ``TreeShape`` describes.
struct ExtendedTree: Sendable {
    /// The product with its normal above which a row goes right; NaN for a leaf.
    var offsets: [Double] = []
    /// How many rows of the sample came to each node.
    var counts: [Int32] = []
    /// The coefficients of the inner nodes' normals, one normal after the other.
    ///
    /// A normal that is drawn and rounded to 32 bits is as random as before, and takes half the room.
    var coefficients: [Float] = []
    /// The column of each coefficient; empty where every normal has a coefficient for each column.
    var columns: [Int32] = []

    init() {}

    /// Grows a tree.
    ///
    /// - Parameters:
    ///   - table: all rows, row-major, `width` values each.
    ///   - rows: the sample.
    ///   - terms: how many coefficients of a normal are not 0.
    init(
        table: UnsafeBufferPointer<Double>, width: Int, rows: [Int], terms: Int, random: inout RandomSource,
        cancellation: Cancellation
    ) throws {
        let limit = PathLength.limit(for: rows.count)
        var order = rows
        var products = [Double](repeating: 0, count: rows.count)
        var box = Box(width: width)
        var parts: [(rows: Range<Int>, depth: Int)] = [(0..<rows.count, 0)]
        var node = 0
        while node < parts.count {
            if node % 256 == 0 { try cancellation.check() }
            let (range, depth) = parts[node]
            node += 1
            counts.append(Int32(range.count))
            guard depth < limit, range.count > 1, box.fit(table, rows: order[range]) else {
                offsets.append(.nan)
                continue
            }
            let normal = drawNormal(terms, width: width, random: &random)
            let point = box.drawPoint(random: &random)
            // An offset that overflows sends every row the same way, which needs no NaN.
            let offset = normal.product(point)
            offsets.append(offset.isFinite ? offset : .greatestFiniteMagnitude)
            coefficients += normal.coefficients
            columns += normal.columns ?? []
            for position in range {
                products[position] = normal.product(table, at: order[position] * width)
            }
            let middle = split(range, &order, &products, at: offsets[offsets.count - 1])
            parts.append((range.lowerBound..<middle, depth + 1))
            parts.append((middle..<range.upperBound, depth + 1))
        }
    }

    private func drawNormal(_ terms: Int, width: Int, random: inout RandomSource) -> Normal {
        Normal(
            coefficients: (0..<terms).map { _ in Float(random.normal()) },
            columns: terms < width ? random.sample(terms, below: width).sorted().map(Int32.init) : nil)
    }

    /// Puts the rows that go left before those that go right.
    private func split(
        _ range: Range<Int>, _ order: inout [Int], _ products: inout [Double], at offset: Double
    ) -> Int {
        var middle = range.lowerBound
        for position in range where !(products[position] > offset) {
            order.swapAt(middle, position)
            products.swapAt(middle, position)
            middle += 1
        }
        return middle
    }
}

/// The direction that a cut is square to.
private struct Normal {
    let coefficients: [Float]
    let columns: [Int32]?

    func product(_ point: [Double]) -> Double {
        point.withUnsafeBufferPointer { product($0, at: 0) }
    }

    /// By the same kernel that scores, so that rows of the sample come where they came when the tree grew.
    func product(_ values: UnsafeBufferPointer<Double>, at start: Int) -> Double {
        guard let base = values.baseAddress else { return 0 }
        return coefficients.withUnsafeBufferPointer { coefficients in
            guard let columns else {
                return outlier_extended_product(base + start, coefficients.baseAddress, nil, coefficients.count)
            }
            return columns.withUnsafeBufferPointer { columns in
                outlier_extended_product(
                    base + start, coefficients.baseAddress, columns.baseAddress, coefficients.count)
            }
        }
    }
}

/// The least box that holds some rows.
private struct Box {
    private var least: [Double]
    private var greatest: [Double]

    init(width: Int) {
        least = [Double](repeating: 0, count: width)
        greatest = least
    }

    /// Makes this the box of `rows`, which are not empty.
    ///
    /// - Returns: whether the rows differ at all.
    mutating func fit(_ table: UnsafeBufferPointer<Double>, rows: ArraySlice<Int>) -> Bool {
        guard let first = rows.first else { return false }
        let width = least.count
        for column in 0..<width {
            least[column] = table[first * width + column]
            greatest[column] = least[column]
        }
        for row in rows.dropFirst() {
            for column in 0..<width {
                let value = table[row * width + column]
                if value < least[column] { least[column] = value }
                if value > greatest[column] { greatest[column] = value }
            }
        }
        return least != greatest
    }

    func drawPoint(random: inout RandomSource) -> [Double] {
        least.indices.map { threshold(between: least[$0], and: greatest[$0], at: random.uniform()) }
    }
}
