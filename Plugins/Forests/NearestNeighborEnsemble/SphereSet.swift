import OutlierCore

/// Spheres around a sample of rows, the smallest first: the first that holds a row isolates it.
struct SphereSet: Sendable {
    /// Spheres × columns.
    var centers: [Double] = []
    var squaredRadii: [Double] = []
    /// What a row is given that the sphere isolates.
    var scores: [Double] = []

    init() {}

    /// - Parameter scale: what every value is multiplied by.
    init(
        table: UnsafeBufferPointer<Double>, width: Int, rows: [Int], scale: Double, squaredRadii compareSquares: Bool,
        cancellation: Cancellation
    ) throws {
        let size = rows.count
        var points: [Double] = []
        points.reserveCapacity(size * width)
        for row in rows {
            for column in 0..<width { points.append(table[row * width + column] * scale) }
        }
        var radii = [Double](repeating: .infinity, count: size)
        var neighbors = [Int](repeating: 0, count: size)
        for first in 0..<size {
            if first % 64 == 0 { try cancellation.check() }
            for second in 0..<first {
                var distance = 0.0
                for column in 0..<width {
                    let difference = points[first * width + column] - points[second * width + column]
                    distance += difference * difference
                }
                if distance < radii[first] { (radii[first], neighbors[first]) = (distance, second) }
                if distance < radii[second] { (radii[second], neighbors[second]) = (distance, first) }
            }
        }
        let order = (0..<size).sorted { (radii[$0], $0) < (radii[$1], $1) }
        for sphere in order {
            centers += points[sphere * width..<(sphere + 1) * width]
            squaredRadii.append(radii[sphere])
            // The neighbor's sphere reaches no further than this one: the ratio is at most 1.
            let ratio = radii[sphere] > 0 ? radii[neighbors[sphere]] / radii[sphere] : 1
            scores.append(1 - (compareSquares ? ratio : ratio.squareRoot()))
        }
    }

    /// A power of two that brings values whose squares would overflow or vanish near to 1; 1 for others.
    static func scale(for values: UnsafeBufferPointer<Double>) -> Double {
        var largest = 0.0
        for value in values where abs(value) > largest { largest = abs(value) }
        guard largest > 0, largest > 0x1p300 || largest < 0x1p-300 else { return 1 }
        return Double(sign: .plus, exponent: max(-1022, min(1022, -largest.exponent)), significand: 1)
    }
}
