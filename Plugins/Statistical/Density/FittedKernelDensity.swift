internal import LinearAlgebra
public import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A kernel density that scores rows.
public struct FittedKernelDensity: FittedDetector {
    /// The training rows.
    let rows: Matrix
    /// What each of them counts, above 0; `nil` for 1.
    let weights: [Double]?
    public let kernel: DensityKernel
    public let bandwidth: Double
    /// Whether scores have the constants of the density.
    public let normalized: Bool
    private let points: PackedColumns
    /// log (n hᵈ ∫K), or 0 where the constants are left out.
    private let logScale: Double
    /// Training rows that a row is compared with at a time: as many as stay in the cache, whatever is scored.
    private let chunk: Int

    public var featureCount: Int { rows.columnCount }

    init(rows: Matrix, weights: [Double]? = nil, kernel: DensityKernel, bandwidth: Double, normalized: Bool) {
        self.rows = rows
        self.weights = weights
        self.kernel = kernel
        self.bandwidth = bandwidth
        self.normalized = normalized
        points = PackedColumns(rows.transposed())
        logScale =
            !normalized
            ? 0
            : log(weights?.reduce(0, +) ?? Double(rows.rowCount)) + Double(rows.columnCount) * log(bandwidth)
                + kernel.logIntegral(dimensions: rows.columnCount)
        let panel = PackedColumns.panelWidth
        chunk = max(8, min(64, 16_384 / max(1, rows.columnCount) / panel)) * panel
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let width = featureCount
        let block = 48
        return try data.matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(data.rowCount, blockSize: block) { range, scores in
                guard let start = source.buffer.baseAddress else { return }
                let capacity = points.scratchCount + range.count * chunk
                withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
                    guard let scratch = scratch.baseAddress else { return }
                    let distances = scratch + points.scratchCount
                    var sums = KernelSums(rows: range.count, kernel: kernel, bandwidth: bandwidth)
                    for first in stride(from: 0, to: rows.rowCount, by: chunk) {
                        let columns = first..<min(first + chunk, rows.rowCount)
                        points.squaredDistances(
                            start + range.lowerBound * width, count: range.count, columns: columns, scratch: scratch,
                            into: distances)
                        sums.add(
                            UnsafeMutableBufferPointer(start: distances, count: range.count * columns.count),
                            width: columns.count, weights: weights?[columns])
                    }
                    for row in scores.indices { scores[row] = logScale - sums.logarithm(row) }
                }
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(rows, as: "rows")
        if let weights { archive.store(weights, as: "weights") }
        archive.store(kernel.rawValue, as: "kernel")
        archive.store([bandwidth], as: "bandwidth")
        archive.store(.boolean(normalized), as: "normalized")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try archive.matrix("rows")
        guard let kernel = DensityKernel(rawValue: try archive.string("kernel")), rows.count > 0 else {
            throw OutlierError(.invalidModel, "the model has no rows, or a kernel that this version does not know")
        }
        let weights = archive.hasTensor("weights") ? try archive.doubles("weights", count: rows.rowCount) : nil
        guard weights?.allSatisfy({ $0 > 0 && $0.isFinite }) ?? true else {
            throw OutlierError(.invalidModel, "a row of the model has a weight that is not above 0")
        }
        let bandwidth = try archive.doubles("bandwidth", count: 1)[0]
        guard bandwidth > 0, bandwidth.isFinite else {
            throw OutlierError(.invalidModel, "the bandwidth must be a number above 0")
        }
        guard let normalized = try archive.value("normalized").bool else {
            throw OutlierError(.invalidModel, "the model does not say whether its scores are normalized")
        }
        self.init(rows: rows, weights: weights, kernel: kernel, bandwidth: bandwidth, normalized: normalized)
    }
}

/// The sums of a kernel over training rows that come in parts.
private struct KernelSums {
    let kernel: DensityKernel
    let bandwidth: Double
    private var exponentials: ExponentialSums
    private var plain: [Double]

    init(rows: Int, kernel: DensityKernel, bandwidth: Double) {
        self.kernel = kernel
        self.bandwidth = bandwidth
        exponentials = ExponentialSums(
            rows: rows, factor: kernel == .gaussian ? -0.5 / bandwidth / bandwidth : -1 / bandwidth)
        plain = [Double](repeating: 0, count: rows)
    }

    /// Adds `width` squared distances a row, which it may overwrite.
    ///
    /// - Parameter weights: what each of them counts; `nil` for 1.
    mutating func add(_ squares: UnsafeMutableBufferPointer<Double>, width: Int, weights: ArraySlice<Double>?) {
        guard let start = squares.baseAddress else { return }
        switch kernel {
        case .gaussian:
            shift(squares, by: weights, factor: -2 * bandwidth * bandwidth)
            exponentials.add(start, width: width)
        case .exponential:
            takeSquareRoots(squares)
            shift(squares, by: weights, factor: -bandwidth)
            exponentials.add(start, width: width)
        case .tophat:
            addPlain(squares, width, weights) { $0 < 1 ? 1 : 0 }
        case .epanechnikov:
            addPlain(squares, width, weights) { $0 < 1 ? 1 - $0 * $0 : 0 }
        case .linear:
            addPlain(squares, width, weights) { $0 < 1 ? 1 - $0 : 0 }
        case .cosine:
            addPlain(squares, width, weights) { $0 < 1 ? cos(Double.pi / 2 * $0) : 0 }
        }
    }

    /// Weights before an exponential function are a shift of what it is taken of.
    private func shift(_ values: UnsafeMutableBufferPointer<Double>, by weights: ArraySlice<Double>?, factor: Double) {
        guard let weights else { return }
        let shifts = weights.map { factor * log($0) }
        for start in stride(from: 0, to: values.count, by: shifts.count) {
            for (index, shift) in shifts.enumerated() { values[start + index] += shift }
        }
    }

    private mutating func addPlain(
        _ squares: UnsafeMutableBufferPointer<Double>, _ width: Int, _ weights: ArraySlice<Double>?,
        _ bump: (Double) -> Double
    ) {
        takeSquareRoots(squares)
        for row in plain.indices {
            var sum = 0.0
            let distances = row * width..<(row + 1) * width
            if let weights {
                for (index, weight) in zip(distances, weights) { sum += weight * bump(squares[index] / bandwidth) }
            } else {
                for index in distances { sum += bump(squares[index] / bandwidth) }
            }
            plain[row] += sum
        }
    }

    /// The logarithm of a row's sum; that of the least positive number where the sum is 0.
    func logarithm(_ row: Int) -> Double {
        let least = log(Double.leastNonzeroMagnitude)
        switch kernel {
        case .gaussian, .exponential:
            return exponentials.logarithm(row)
        case .tophat, .epanechnikov, .linear, .cosine:
            return plain[row] > 0 ? log(plain[row]) : least
        }
    }
}
