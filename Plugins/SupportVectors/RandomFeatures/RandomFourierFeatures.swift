internal import CKernels
internal import OutlierCore

/// √(2/D) cos(ωᵢ·x + bᵢ), i = 1…D, with normal ω and uniform b: vectors whose scalar product is about exp(−γ‖x − y‖²).
///
/// Ali Rahimi and Benjamin Recht: Random Features for Large-Scale Kernel Machines (2007).
struct RandomFourierFeatures: Sendable {
    let columns: Int
    /// D.
    let count: Int
    /// Columns × ``paddedCount``.
    let frequencies: [Double]
    let phases: [Double]

    var paddedCount: Int { RandomFourierFeatures.padded(count) }

    /// What ``count`` is padded to, with zeros.
    static func padded(_ count: Int) -> Int {
        let lanes = Int(OUTLIER_FEATURE_LANES)
        return (count + lanes - 1) / lanes * lanes
    }

    init(columns: Int, count: Int, gamma: Double, random: inout RandomSource) {
        self.columns = columns
        self.count = count
        let padded = RandomFourierFeatures.padded(count)
        var frequencies = [Double](repeating: 0, count: columns * padded)
        var phases = [Double](repeating: 0, count: padded)
        let spread = (2 * gamma).squareRoot()
        for feature in 0..<count {
            for column in 0..<columns { frequencies[column * padded + feature] = spread * random.normal() }
            phases[feature] = 2 * Double.pi * random.uniform()
        }
        self.frequencies = frequencies
        self.phases = phases
    }

    init(columns: Int, count: Int, frequencies: [Double], phases: [Double]) {
        self.columns = columns
        self.count = count
        self.frequencies = frequencies
        self.phases = phases
    }

    /// The features of some rows, row by row, ``paddedCount`` each.
    func write(_ rows: UnsafePointer<Double>, count rowCount: Int, to target: UnsafeMutablePointer<Double>) {
        outlier_random_features(
            rows, Int64(rowCount), Int64(columns), frequencies, phases, (2 / Double(count)).squareRoot(),
            Int64(paddedCount), target)
        // What fills up is no feature: a constant one would be learnt like the others.
        let padded = paddedCount
        guard count < padded else { return }
        for row in 0..<rowCount { (target + row * padded + count).update(repeating: 0, count: padded - count) }
    }
}
