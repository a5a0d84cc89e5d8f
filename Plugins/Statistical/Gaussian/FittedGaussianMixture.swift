internal import LinearAlgebra
public import OutlierCore

/// A mixture of normal distributions that scores rows.
public struct FittedGaussianMixture: FittedDetector {
    let parameters: MixtureParameters

    public var featureCount: Int { parameters.means.columnCount }
    /// The share of each component.
    public var weights: [Double] { parameters.weights }
    /// Components × columns.
    public var means: Matrix { parameters.means }

    init(_ parameters: MixtureParameters) { self.parameters = parameters }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let width = featureCount
        let components = parameters.componentCount
        return try data.matrix.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try execution.map(data.rowCount, blockSize: mixtureBlock) { rows, scores in
                guard let start = source.buffer.baseAddress, let out = scores.baseAddress else { return }
                let capacity = parameters.scratchCount(rows: rows.count) + rows.count * components
                withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { scratch in
                    guard let densities = scratch.baseAddress else { return }
                    parameters.logDensities(
                        of: start + rows.lowerBound * width, count: rows.count,
                        scratch: densities + rows.count * components, into: densities)
                    parameters.normalize(densities, count: rows.count, into: out)
                }
                for index in scores.indices { scores[index].negate() }
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(parameters.weights, as: "weights")
        archive.store(parameters.means, as: "means")
        archive.store(.boolean(parameters.isDiagonal), as: "diagonal")
        archive.store(parameters.transforms.flatMap(\.values), as: "transforms")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let weights = try archive.doubles("weights")
        let means = try archive.matrix("means", rows: weights.count)
        guard let isDiagonal = try archive.value("diagonal").bool, !weights.isEmpty, means.columnCount > 0 else {
            throw OutlierError(.invalidModel, "the model has no components")
        }
        let width = means.columnCount
        let rows = isDiagonal ? 1 : width
        let (size, overflow) = rows.multipliedReportingOverflow(by: width)
        let (total, overflowOfTotal) = size.multipliedReportingOverflow(by: weights.count)
        guard !overflow, !overflowOfTotal else { throw OutlierError(.invalidModel, "the model is too large") }
        let elements = try archive.doubles("transforms", count: total)
        let transforms = try weights.indices.map { component in
            try Matrix(
                rowCount: rows, columnCount: width, values: Array(elements[component * size..<(component + 1) * size]))
        }
        self.init(
            MixtureParameters(weights: weights, means: means, transforms: transforms, isDiagonal: isDiagonal))
    }
}

/// Rows that one thread takes at a time.
let mixtureBlock = 256
