import CKernels

/// How the detectors of tail probabilities make one score of the columns' tails.
enum TailRule: String, Sendable {
    /// The sum over columns of the largest of the left tail, the right tail and the tail on the side of the skewness.
    case largestInColumn = "largest-in-column"
    /// The sum over columns of the larger of the mean of both tails and the tail on the side of the skewness.
    case meanInColumn = "mean-in-column"
    /// The largest of three sums over columns: of left tails, of right tails, of the tails on the side of the skewness.
    case largestSum = "largest-sum"

    var keepsBothTails: Bool { self == .largestSum }

    /// The rule as the kernels know it.
    var kernelRule: Int32 {
        switch self {
        case .largestInColumn: Int32(bitPattern: outlier_tail_largest.rawValue)
        case .meanInColumn: Int32(bitPattern: outlier_tail_mean.rawValue)
        case .largestSum: Int32(bitPattern: outlier_tail_both.rawValue)
        }
    }

    /// How much of the left and of the right tail counts as the tail on the side of the skewness.
    ///
    /// - Parameter skewness: its sign. A column without skewness counts both tails in the rules of a column, as the
    ///   authors' code does, and the right one in the rule of the sums, as the papers do.
    func weights(skewness: Int) -> (left: Double, right: Double) {
        if skewness < 0 { return (1, 0) }
        if skewness > 0 || keepsBothTails { return (0, 1) }
        return (1, 1)
    }
}

/// The sign of a distribution's third central moment.
enum Skewness {
    /// - Parameter largest: the largest magnitude among the values.
    static func sign(of values: UnsafeBufferPointer<Double>, largest: Double) -> Int {
        guard values.count > 1, largest > 0 else { return 0 }
        // The sign is that of the scaled values too, and their cubes neither overflow nor vanish.
        let usual = largest < 0x1p300 && largest > 0x1p-300
        let factor = usual ? 1 : 1 / largest
        guard factor.isFinite else { return 0 }
        let count = Double(values.count)
        let mean = sum(values) { $0 * factor } / count
        let variance =
            sum(values) {
                let deviation = $0 * factor - mean
                return deviation * deviation
            } / count
        let noise = Double.ulpOfOne * mean
        guard variance > noise * noise else { return 0 }
        let third = sum(values) {
            let deviation = $0 * factor - mean
            return deviation * deviation * deviation
        }
        return third > 0 ? 1 : third < 0 ? -1 : 0
    }

    /// The sign for values that do not count alike.
    static func sign(
        of values: UnsafeBufferPointer<Double>, weights: UnsafeBufferPointer<Double>, largest: Double
    ) -> Int {
        guard values.count > 1, largest > 0 else { return 0 }
        let usual = largest < 0x1p300 && largest > 0x1p-300
        let factor = usual ? 1 : 1 / largest
        guard factor.isFinite else { return 0 }
        let total = weights.reduce(0, +)
        var mean = 0.0
        for index in values.indices { mean += values[index] * factor * (weights[index] / total) }
        var variance = 0.0
        var third = 0.0
        for index in values.indices {
            let deviation = values[index] * factor - mean
            let term = deviation * deviation * (weights[index] / total)
            variance += term
            third += term * deviation
        }
        let noise = Double.ulpOfOne * mean
        guard variance > noise * noise else { return 0 }
        return third > 0 ? 1 : third < 0 ? -1 : 0
    }

    /// Four sums side by side: a fixed order, and no wait of one addition for another.
    @inline(__always)
    private static func sum(_ values: UnsafeBufferPointer<Double>, _ term: (Double) -> Double) -> Double {
        var sum0 = 0.0
        var sum1 = 0.0
        var sum2 = 0.0
        var sum3 = 0.0
        var index = 0
        while index + 4 <= values.count {
            sum0 += term(values[index])
            sum1 += term(values[index + 1])
            sum2 += term(values[index + 2])
            sum3 += term(values[index + 3])
            index += 4
        }
        while index < values.count {
            sum0 += term(values[index])
            index += 1
        }
        return (sum0 + sum1) + (sum2 + sum3)
    }
}
