import CKernels
internal import OutlierCore

/// What a channel is shifted and scaled by, so that sums of squares lose few digits.
struct ProfileScale: Sendable {
    var center: Double
    var factor: Double

    init(center: Double, factor: Double) {
        self.center = center
        self.factor = factor
    }

    /// The mean and the inverse of the largest distance to it.
    init(_ series: [[Double]]) throws {
        let count = Double(series.reduce(0) { $0 + $1.count })
        let largest = series.joined().reduce(0) { max($0, abs($1)) }
        let unit = largest > 0 ? largest : 1
        center = unit * (series.joined().reduce(0) { $0 + $1 / unit } / max(1, count))
        let center = center
        let spread = series.joined().reduce(0) { max($0, abs($1 / 2 - center / 2)) }
        factor = spread > 0 ? 0.5 / spread : 1
        guard factor.isFinite, center.isFinite else {
            throw OutlierError(
                .numericalFailure, "the values are too near to each other, or too large, to be compared",
                suggestion: "Put the preprocessor “standard-scaler” first.")
        }
    }

    func apply(_ values: [Double]) -> [Double] { values.map { ($0 - center) * factor } }
}

/// The windows of one series and channel, prepared to be compared by ``MatrixProfile``.
struct ProfileWindows: Sendable {
    let values: [Double]
    let length: Int
    let count: Int
    private let means: [Double]
    private let slopes: [Double]
    private let sums: [Double]
    private let inverses: [Double]
    private let constants: [Double]

    private static let lanes = Int(outlier_profile_lanes)
    /// The correlation of a window that has no neighbour: below any.
    static let none = -2.0

    /// - Parameter values: at least `length` of them.
    init(_ values: [Double], length: Int) {
        self.values = values
        self.length = length
        let count = values.count - length + 1
        self.count = count
        let lanes = ProfileWindows.lanes
        var means = [Double](repeating: 0, count: count + lanes)
        var slopes = means
        var sums = means
        var inverses = means
        var constants = [Double](repeating: -4, count: count + lanes)
        // The begin of the run of equal values that ends at each point.
        var runBegin = 0
        values.withUnsafeBufferPointer { values in
            for point in values.indices {
                if point > 0, values[point] != values[point - 1] { runBegin = point }
                let window = point - length + 1
                guard window >= 0 else { continue }
                // From the definition each time: moving sums would drift, and would depend on where a series begins.
                var sum = 0.0
                for index in window...point { sum += values[index] }
                let mean = sum / Double(length)
                var squares = 0.0
                for index in window...point { squares += (values[index] - mean) * (values[index] - mean) }
                let isConstant = runBegin <= window
                means[window] = mean
                inverses[window] = isConstant || squares == 0 ? 0 : 1 / squares.squareRoot()
                constants[window] = isConstant ? 0.5 : 0
                if window > 0 {
                    slopes[window] = (values[point] - values[window - 1]) / 2
                    sums[window] = (values[point] - mean) + (values[window - 1] - means[window - 1])
                }
            }
        }
        self.means = means
        self.slopes = slopes
        self.sums = sums
        self.inverses = inverses
        self.constants = constants
    }

    /// How many points apart two windows must be to be neighbours: more than this.
    private var exclusion: Int { (length + 3) / 4 }

    /// The highest correlation of each window with another, or with an earlier one; ``none`` where there is none.
    func selfJoin(onlyPast: Bool, execution: Execution) throws -> [Double] {
        let merged = Guarded([Double](repeating: ProfileWindows.none, count: count))
        let bands = (max(0, count - exclusion - 1) + ProfileWindows.lanes - 1) / ProfileWindows.lanes
        try run(bands: bands, execution: execution) { first, step in
            var left = [Double](repeating: ProfileWindows.none, count: count + ProfileWindows.lanes)
            var right = left
            withWindows { windows in
                var windows = windows
                left.withUnsafeMutableBufferPointer { left in
                    right.withUnsafeMutableBufferPointer { right in
                        outlier_profile_self(
                            &windows, exclusion, first, step, left.baseAddress, onlyPast ? nil : right.baseAddress)
                    }
                }
            }
            merged.withLock { best in
                for window in 0..<count { best[window] = max(best[window], left[window], right[window]) }
            }
        }
        return merged.withLock { $0 }
    }

    /// Raises `best` to the highest correlation of each window with one of `other`.
    func join(_ other: ProfileWindows, into best: inout [Double], execution: Execution) throws {
        let merged = Guarded(best)
        let bands = (count + other.count - 1 + ProfileWindows.lanes - 1) / ProfileWindows.lanes
        try run(bands: bands, execution: execution) { first, step in
            var found = [Double](repeating: ProfileWindows.none, count: count + ProfileWindows.lanes)
            withWindows { windows in
                other.withWindows { train in
                    var windows = windows
                    var train = train
                    found.withUnsafeMutableBufferPointer {
                        outlier_profile_join(&windows, &train, first, step, $0.baseAddress)
                    }
                }
            }
            merged.withLock { best in
                for window in 0..<count { best[window] = max(best[window], found[window]) }
            }
        }
        best = merged.withLock { $0 }
    }

    /// Splits the bands over the threads, and each thread's share into parts between which a cancellation is seen. The
    /// highest of numbers does not depend on the split.
    private func run(
        bands: Int, execution: Execution, _ body: @Sendable (_ first: Int, _ step: Int) throws -> Void
    ) throws {
        guard bands > 0 else { return }
        // A part costs a pass over the windows to merge, so parts are not too many.
        let parts = min(bands, execution.threads * max(1, min(64, bands / 64)))
        try execution.forEach(parts) { try body($0, parts) }
    }

    private func withWindows(_ body: (outlier_windows) -> Void) {
        values.withUnsafeBufferPointer { values in
            means.withUnsafeBufferPointer { means in
                slopes.withUnsafeBufferPointer { slopes in
                    sums.withUnsafeBufferPointer { sums in
                        inverses.withUnsafeBufferPointer { inverses in
                            constants.withUnsafeBufferPointer { constants in
                                body(
                                    outlier_windows(
                                        values: values.baseAddress, means: means.baseAddress,
                                        slopes: slopes.baseAddress, sums: sums.baseAddress,
                                        inverses: inverses.baseAddress, constants: constants.baseAddress,
                                        count: count, length: length))
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Distances of windows, from the correlations of several channels.
struct ProfileDistances {
    /// For each series and window the mean of the channels' distances; `NaN` for a window without a neighbour.
    let bySeries: [[Double]]

    /// - Parameter correlations: channel × series × window.
    init(_ correlations: [[[Double]]], length: Int) {
        let series = correlations.first?.count ?? 0
        bySeries = (0..<series).map { number in
            let windows = correlations[0][number].count
            return (0..<windows).map { window in
                var sum = 0.0
                for channel in correlations {
                    let correlation = channel[number][window]
                    if correlation < -1.5 { return .nan }
                    sum += max(0, 2 * Double(length) * (1 - min(1, correlation))).squareRoot()
                }
                return sum / Double(correlations.count)
            }
        }
    }
}
