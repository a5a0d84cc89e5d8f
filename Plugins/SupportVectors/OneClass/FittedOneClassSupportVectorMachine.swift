public import OutlierCore

/// What ``OneClassSupportVectorMachine`` learnt: support vectors, their weights and the offset.
public struct FittedOneClassSupportVectorMachine: FittedDetector {
    public let featureCount: Int
    /// One row for each support vector. The kernel `linear` needs but one: their weighted sum, which has the weight 1.
    public let supportVectors: Matrix
    /// The weight α of each row of ``supportVectors``.
    public let weights: [Double]
    /// ρ: what the weighted sum of kernels is on the surface.
    public let offset: Double
    let function: KernelFunction
    private let panels: PointPanels

    init(function: KernelFunction, rows: RowTable, bounds: [Double], solution: OneClassSolution) throws {
        let support = solution.alpha.indices.filter { solution.alpha[$0] > 0 }
        var values: [Double] = []
        var weights: [Double] = []
        if function.kernel == .linear {
            values = [Double](repeating: 0, count: rows.columns)
            for index in support {
                let row = rows.row(index)
                for column in 0..<rows.columns { values[column] += solution.alpha[index] * row[column] }
            }
            weights = [1]
        } else {
            values.reserveCapacity(support.count * rows.columns)
            for index in support {
                values.append(contentsOf: UnsafeBufferPointer(start: rows.row(index), count: rows.columns))
            }
            weights = support.map { solution.alpha[$0] }
        }
        self.init(
            function: function,
            supportVectors: try Matrix(rowCount: weights.count, columnCount: rows.columns, values: values),
            weights: weights, offset: solution.offset(bounds: bounds))
    }

    private init(function: KernelFunction, supportVectors: Matrix, weights: [Double], offset: Double) {
        self.function = function
        self.supportVectors = supportVectors
        self.weights = weights
        self.offset = offset
        featureCount = supportVectors.columnCount
        panels = supportVectors.withUnsafeRows { rows in
            PointPanels(rows, indices: (0..<Int32(clamping: rows.count)).map { $0 }, weights: weights)
        }
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try data.matrix.withUnsafeRows { rows in
            try panels.weightedSums(rows, function: function.native, execution: execution).map { offset - $0 }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(function.kernel.rawValue, as: "kernel")
        archive.store(function.degree, as: "degree")
        archive.store([function.gamma, function.coefficient, offset], as: "numbers")
        archive.store(supportVectors, as: "support-vectors")
        archive.store(weights, as: "weights")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        guard let kernel = SupportVectorKernel(rawValue: try archive.string("kernel")) else {
            throw OutlierError(.invalidModel, "“kernel” does not name a kernel")
        }
        let degree = try archive.integer("degree", in: 1...100)
        let numbers = try archive.doubles("numbers", count: 3)
        let supportVectors = try archive.matrix("support-vectors")
        let weights = try archive.doubles("weights", count: supportVectors.rowCount)
        guard numbers.allSatisfy(\.isFinite), numbers[0] > 0, weights.allSatisfy(\.isFinite),
            supportVectors.columnCount > 0, supportVectors.rowCount > 0, supportVectors.rowCount <= Int(Int32.max),
            supportVectors.values.allSatisfy(\.isFinite)
        else { throw OutlierError(.invalidModel, "the support vectors are not finite numbers, or there are none") }
        self.init(
            function: KernelFunction(kernel: kernel, gamma: numbers[0], coefficient: numbers[1], degree: degree),
            supportVectors: supportVectors, weights: weights, offset: numbers[2])
    }
}

extension Matrix {
    /// Calls `body` with the rows, without a copy.
    func withUnsafeRows<Result>(_ body: (RowTable) throws -> Result) rethrows -> Result {
        try withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else {
                // A matrix without elements has no address; no row of it is ever read.
                return try withUnsafePointer(to: 0.0) {
                    try body(RowTable(base: $0, count: rowCount, columns: columnCount))
                }
            }
            return try body(RowTable(base: base, count: rowCount, columns: columnCount))
        }
    }
}
