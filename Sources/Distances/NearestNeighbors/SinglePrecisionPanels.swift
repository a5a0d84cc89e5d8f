import CKernels
import OutlierCore

/// The points of a tree in single precision, as the kernel of approximate distances reads them, and how far its
/// results may be from the truth.
///
/// Points are moved so that their middle is the origin, and scaled by a power of two so that none is beyond 1. With
/// x and y so placed, the kernel's value s of |x - y|² obeys |s - |x - y|²| ≤ ε (|x| + |y|)²: rounding the coordinates
/// and adding `columnCount` products in single precision cannot do worse. As |y| ≤ |x| + |x - y|, this gives bounds
/// that know of |x| alone: with D = |x - y|², (|x| + |y|)² ≤ 8|x|² + 2D.
struct SinglePrecisionPanels: Sendable {
    static let width = Int(OUTLIER_KNN_PANEL)

    /// What is subtracted from each column.
    let center: [Double]
    /// What the difference is multiplied by, a power of two.
    let scale: Double
    /// ε.
    let error: Double
    /// Panels × columns × ``width``.
    let panels: FixedBuffer<Float>
    /// The squared norm of each point, infinity after the last.
    let norms: FixedBuffer<Float>

    /// - Returns: `nil` where so many columns are added up that single precision says too little.
    init?(_ points: Matrix, tree: PointTree, execution: Execution) throws {
        let width = points.columnCount
        let error = 4 * Double(width + 8) * 0x1p-24
        guard error < 0.05 else { return nil }
        self.error = error
        let center = SinglePrecisionPanels.center(of: points, tree: tree)
        let (low, high) = (tree.low(0), tree.high(0))
        var reach = 0.0
        for column in 0..<width {
            reach = max(reach, high[column] - center[column], center[column] - low[column])
        }
        let scale = reach > 0 ? Double(sign: .plus, exponent: -min(reach.exponent + 1, 1000), significand: 1) : 1
        self.center = center
        self.scale = scale

        let lanes = SinglePrecisionPanels.width
        let count = (tree.count + lanes - 1) / lanes
        let panels = FixedBuffer<Float>(count * width * lanes, repeating: 0)
        let norms = FixedBuffer<Float>(count * lanes, repeating: .infinity)
        self.panels = panels
        self.norms = norms
        try points.withUnsafeBufferPointer { values in
            let shared = SharedReadBuffer(values)
            try execution.forEachBlock(of: count, size: 64) { block in
                for panel in block {
                    for lane in 0..<min(lanes, tree.count - panel * lanes) {
                        let position = panel * lanes + lane
                        let start = Int(tree.rows.pointer[position]) * width
                        var norm = 0.0
                        for column in 0..<width {
                            let value = (shared.buffer[start + column] - center[column]) * scale
                            norm += value * value
                            panels.pointer[(panel * width + column) * lanes + lane] = Float(value)
                        }
                        norms.pointer[position] = Float(norm)
                    }
                }
            }
        }
    }

    /// About the median of each column, so that some far points do not take the digits of all others.
    private static func center(of points: Matrix, tree: PointTree) -> [Double] {
        let step = max(1, tree.count / 256)
        let sample = stride(from: 0, to: tree.count, by: step).map { Int(tree.rows.pointer[$0]) }
        return (0..<points.columnCount).map { column in
            sample.map { points[$0, column] }.sorted()[sample.count / 2]
        }
    }

    /// What the bounds below add for a query: 8ε|x|², and what underflow may hide.
    func slack(squaredNorm: Double) -> Double {
        8 * error * squaredNorm + Double(center.count + 1) * 0x1p-120
    }

    /// What the squared distance cannot exceed. All values are in the panels' scale.
    func upperBound(approximate: Double, slack: Double) -> Double { (approximate + slack) / (1 - 2 * error) }

    /// What the squared distance cannot fall below.
    func lowerBound(approximate: Double, slack: Double) -> Double { (approximate - slack) / (1 + 2 * error) }
}
