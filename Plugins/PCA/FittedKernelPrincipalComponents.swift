internal import LinearAlgebra
public import OutlierCore

/// Kernel principal components that score rows.
public struct FittedKernelPrincipalComponents: FittedDetector {
    private let kernel: FeatureKernel
    /// Components × landmarks: a component's value is its coefficients times the kernel values, less its shift.
    private let coefficients: Matrix
    private let shifts: [Double]
    /// ⟨Φ(x), μ⟩ = these times the kernel values.
    private let meanCoefficients: [Double]
    private let squaredMean: Double
    /// The coefficients and those of the mean, side by side.
    private let packed: PackedColumns

    public var featureCount: Int { kernel.landmarks.columnCount }
    /// How many components explain a row.
    public var componentCount: Int { shifts.count }

    init(
        kernel: FeatureKernel, coefficients: Matrix, shifts: [Double], meanCoefficients: [Double], squaredMean: Double
    ) {
        self.kernel = kernel
        self.coefficients = coefficients
        self.shifts = shifts
        self.meanCoefficients = meanCoefficients
        self.squaredMean = squaredMean
        let rows = coefficients.rowCount
        let columns = coefficients.columnCount
        let joined = Matrix(rowCount: rows + 1, columnCount: columns) { target in
            coefficients.withUnsafeBufferPointer { source in
                for index in source.indices { target.initializeElement(at: index, to: source[index]) }
            }
            for (column, value) in meanCoefficients.enumerated() {
                target.initializeElement(at: rows * columns + column, to: value)
            }
        }
        packed = PackedColumns(joined.transposed())
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let size = kernel.landmarks.rowCount
        let results = packed.width
        let components = shifts.count
        return try data.matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(data.rowCount, blockSize: 48) { rows, scores in
                guard let start = source.buffer.baseAddress, let own = scores.baseAddress else { return }
                let capacity = rows.count * (size + results) + max(kernel.scratchCount, packed.scratchCount)
                withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
                    guard let values = scratch.baseAddress else { return }
                    let projected = values + rows.count * size
                    let rest = projected + rows.count * results
                    kernel.evaluate(
                        start + rows.lowerBound * data.columnCount, count: rows.count, scratch: rest, into: values,
                        selfValues: own)
                    packed.project(values, count: rows.count, centers: nil, scratch: rest, into: projected)
                    for row in 0..<rows.count {
                        let line = projected + row * results
                        var explained = 0.0
                        for component in 0..<components {
                            let value = line[component] - shifts[component]
                            explained += value * value
                        }
                        let potential = own[row] - 2 * line[components] + squaredMean
                        let error = potential - explained
                        // Rounding may leave less than nothing; what is not a number must stay so.
                        own[row] = error < 0 ? 0 : error
                    }
                }
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(kernel.kind.rawValue, as: "kernel")
        archive.store(kernel.degree, as: "degree")
        archive.store([kernel.gamma, kernel.offset, squaredMean], as: "numbers")
        archive.store(kernel.landmarks, as: "landmarks")
        archive.store(coefficients, as: "coefficients")
        archive.store(shifts, as: "shifts")
        archive.store(meanCoefficients, as: "mean")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let kind = FeatureKernelKind(rawValue: try archive.string("kernel")) else {
            throw OutlierError(.invalidModel, "the model has a kernel that this version does not know")
        }
        let landmarks = try archive.matrix("landmarks")
        guard landmarks.count > 0 else { throw OutlierError(.invalidModel, "the model has no landmarks") }
        let numbers = try archive.doubles("numbers", count: 3)
        let coefficients = try archive.matrix("coefficients", columns: landmarks.rowCount)
        self.init(
            kernel: FeatureKernel(
                kind: kind, gamma: numbers[0], degree: try archive.integer("degree", in: 1...100), offset: numbers[1],
                landmarks: landmarks),
            coefficients: coefficients, shifts: try archive.doubles("shifts", count: coefficients.rowCount),
            meanCoefficients: try archive.doubles("mean", count: landmarks.rowCount), squaredMean: numbers[2])
    }
}
