internal import CKernels
public import OutlierCore

/// What ``OneClassStochasticGradient`` learnt: the random features and a hyperplane in their space.
public struct FittedOneClassStochasticGradient: FittedDetector, Updatable {
    let map: RandomFourierFeatures
    private var weights: [Double]
    private var averageWeights: [Double]
    private var state: outlier_sgd_state

    public var featureCount: Int { map.columns }
    private var averages: Bool { !averageWeights.isEmpty }

    init(map: RandomFourierFeatures, nu: Double, averages: Bool) {
        self.map = map
        weights = [Double](repeating: 0, count: map.paddedCount)
        averageWeights = averages ? weights : []
        state = outlier_sgd_state(
            intercept: 1, scale: 1, square: 0, time: 1, nu: nu,
            // So that the first step has the size of typical weights, 1/√√ν, as Bottou's and scikit-learn's has.
            first_time: nu.squareRoot().squareRoot() / nu, average_intercept: 0)
    }

    /// One pass over the rows in random order. Returns the mean objective.
    ///
    /// - Parameter weights: of the rows, 1 on average; `nil` where all are 1.
    mutating func learn(
        _ data: Dataset, weights rowWeights: [Double]?, context: FitContext, stream: Int
    ) throws -> Double {
        var random = context.random(stream: stream)
        var order = Array(0..<data.rowCount)
        order.shuffle(using: &random)
        let columns = data.columnCount
        let padded = map.paddedCount
        let map = map
        // Features are computed for a block of rows on all threads, then the steps are made one after another.
        let block = max(1, min(4096, 4_194_304 / padded))
        let gathered = Storage<Double>(uninitialized: block * columns)
        let features = Storage<Double>(uninitialized: block * padded)
        var objective = 0.0
        for start in stride(from: 0, to: order.count, by: block) {
            let rows = order[start..<min(start + block, order.count)]
            data.matrix.withUnsafeRows { table in
                for (position, index) in rows.enumerated() {
                    (gathered.pointer + position * columns).update(from: table.row(index), count: columns)
                }
            }
            try context.execution.forEachBlock(of: rows.count, size: 256) { range in
                map.write(
                    gathered.pointer + range.lowerBound * columns, count: range.count,
                    to: features.pointer + range.lowerBound * padded)
            }
            let given = rowWeights.map { all in rows.map { all[$0] } }
            let (hasAverage, count) = (averages, Int64(rows.count))
            objective += weights.withUnsafeMutableBufferPointer { weights in
                averageWeights.withUnsafeMutableBufferPointer { average in
                    guard let weights = weights.baseAddress else { return 0 }
                    return outlier_sgd_one_class(
                        &state, weights, hasAverage ? average.baseAddress : nil, features.pointer, given, count,
                        Int64(padded))
                }
            }
            try context.checkCancellation()
        }
        return objective / Double(max(1, order.count))
    }

    /// One pass over the rows.
    public mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
        let counted = data.rowsThatCount
        _ = try learn(
            counted, weights: FittedOneClassStochasticGradient.relativeWeights(of: counted), context: context, stream: 0
        )
    }

    /// The weights divided by their mean: c times the weights give the same model.
    static func relativeWeights(of data: Dataset) -> [Double]? {
        data.weights.map { weights in
            let mean = weights.reduce(0, +) / Double(weights.count)
            return weights.map { $0 / mean }
        }
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let final = averages ? averageWeights : weights.map { $0 * state.scale }
        let offset = 1 - (averages ? state.average_intercept : state.intercept)
        let padded = map.paddedCount
        return try data.matrix.withUnsafeRows { table in
            try execution.map(data.rowCount, blockSize: 256) { range, target in
                let features = Storage<Double>(uninitialized: padded)
                for (position, row) in range.enumerated() {
                    map.write(table.row(row), count: 1, to: features.pointer)
                    target[position] = offset - outlier_features_dot(final, features.pointer, Int64(padded))
                }
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(map.columns, as: "columns")
        archive.store(map.count, as: "features")
        archive.store(map.frequencies, as: "frequencies")
        archive.store(map.phases, as: "phases")
        archive.store(weights, as: "weights")
        archive.store(averageWeights, as: "average-weights")
        archive.store(
            [
                state.intercept, state.scale, state.square, state.time, state.nu, state.first_time,
                state.average_intercept,
            ], as: "state")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let columns = try archive.integer("columns", in: 1...Int(Int32.max))
        let count = try archive.integer("features", in: 1...1_000_000)
        let padded = RandomFourierFeatures.padded(count)
        let frequencies = try archive.doubles("frequencies", count: columns * padded)
        let phases = try archive.doubles("phases", count: padded)
        weights = try archive.doubles("weights", count: padded)
        averageWeights = try archive.doubles("average-weights")
        let numbers = try archive.doubles("state", count: 7)
        guard averageWeights.isEmpty || averageWeights.count == padded,
            [frequencies, phases, weights, averageWeights, numbers].allSatisfy({ $0.allSatisfy(\.isFinite) }),
            numbers[1] > 0, numbers[2] >= -1, numbers[3] >= 1, numbers[4] > 0, numbers[4] <= 1, numbers[5] > 0
        else { throw OutlierError(.invalidModel, "the model's numbers are out of range") }
        map = RandomFourierFeatures(columns: columns, count: count, frequencies: frequencies, phases: phases)
        state = outlier_sgd_state(
            intercept: numbers[0], scale: numbers[1], square: numbers[2], time: numbers[3], nu: numbers[4],
            first_time: numbers[5], average_intercept: numbers[6])
    }
}
