import Foundation
public import OutlierCore

/// Gives each column a uniform or a normal distribution: a value becomes its quantile among the training rows.
///
/// Between quantiles values are interpolated; beyond the training rows they stay at the ends, so that what is far out is
/// no longer far: a detector of distances sees ranks. The values are those of scikit-learn's `QuantileTransformer` where
/// that looks at every row.
///
///     preprocess: [{quantile: {output: normal}}]
public struct QuantileTransform: Preprocessor {
    public enum Output: String, Sendable, CaseIterable {
        case uniform, normal
    }

    public static let name = "quantile"
    public static let summary = "Gives each column a uniform or a normal distribution, by its quantiles."
    public static var parameters: [Parameter<QuantileTransform>] {
        [
            .choice("output", \.output, "The distribution that columns get."),
            .integer("quantiles", \.quantiles, in: .between(2, 1_000_000), "How many quantiles of a column are kept."),
        ]
    }

    public var output: Output
    /// At least 2; not more than there are rows are used.
    public var quantiles: Int

    public init() { self.init(output: .uniform) }

    public init(output: Output, quantiles: Int = 1000) {
        self.output = output
        self.quantiles = quantiles
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedQuantileTransform {
        let count = max(1, min(quantiles, data.rowCount))
        let width = data.columnCount
        var knots = Matrix(rowCount: width, columnCount: count)
        try knots.withUnsafeMutableBufferPointer { target in
            let target = SharedBuffer(target)
            try context.execution.forEach(width) { column in
                let values = data.presentValues(column).sorted()
                for index in 0..<count {
                    target.buffer[column * count + index] =
                        values.isEmpty ? 0 : Self.knot(index, of: count, among: values)
                }
                // What rounding does must not turn their order.
                for index in 1..<max(1, count) {
                    let place = column * count + index
                    target.buffer[place] = max(target.buffer[place], target.buffer[place - 1])
                }
            }
        }
        return FittedQuantileTransform(knots: knots, output: output)
    }

    /// The quantile index / (count − 1) of sorted numbers, interpolated. Its place is computed in whole numbers: one that
    /// rounding puts below the first of some equal numbers would tear it from them.
    private static func knot(_ index: Int, of count: Int, among sorted: [Double]) -> Double {
        guard count > 1 else { return sorted[0] }
        let (lower, rest) = (index * (sorted.count - 1)).quotientAndRemainder(dividingBy: count - 1)
        guard rest > 0 else { return sorted[lower] }
        let (low, high) = (sorted[lower], sorted[lower + 1])
        if low == high { return low }
        let part = Double(rest) / Double(count - 1)
        let difference = high - low
        guard difference.isFinite else { return low * (1 - part) + high * part }
        // From the nearer end.
        return part < 0.5 ? low + difference * part : high - difference * (1 - part)
    }
}

/// The quantiles of each column.
public struct FittedQuantileTransform: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// A row a column: ascending.
    let knots: Matrix
    let output: QuantileTransform.Output

    /// Normal values beyond this share of the rows are not told apart.
    private static let end = 1e-7

    public var featureCount: Int { knots.rowCount }

    init(knots: Matrix, output: QuantileTransform.Output) {
        self.knots = knots
        self.output = output
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let count = knots.columnCount
        return try knots.withUnsafeBufferPointer { all in
            let all = SharedReadBuffer(all)
            let (output, end) = (output, Self.end)
            let least = NormalQuantile.value(end - Double.ulpOfOne)
            return try data.mappingNumbers(execution: execution) { column, value in
                let knots = UnsafeBufferPointer(rebasing: all.buffer[column * count..<(column + 1) * count])
                let rank = Self.rank(value, among: knots, isNormal: output == .normal)
                guard output == .normal else { return rank }
                return min(max(NormalQuantile.value(rank), least), -least)
            }
        }
    }

    /// The share of the training rows below `value`; in the middle where the column has it more than once.
    private static func rank(_ value: Double, among knots: UnsafeBufferPointer<Double>, isNormal: Bool) -> Double {
        let last = knots.count - 1
        guard last > 0 else { return value < knots[0] ? 0 : value > knots[0] ? 1 : 0.5 }
        if isNormal {
            if value - end < knots[0] { return 0 }
            if value + end > knots[last] { return 1 }
        } else {
            if value <= knots[0] { return 0 }
            if value >= knots[last] { return 1 }
        }
        // The last knot that is not above the value, and the first that is not below it.
        let upper = SortedSearch.count(upTo: value, in: knots) - 1
        let lower = SortedSearch.count(below: value, in: knots)
        if lower <= upper, knots[upper] == value { return Double(lower + upper) / Double(2 * last) }
        let part = (value - knots[upper]) / (knots[upper + 1] - knots[upper])
        return (Double(upper) + (part.isFinite ? part : 0.5)) / Double(last)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(knots, as: "knots")
        archive.store(output.rawValue, as: "output")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        knots = try archive.matrix("knots")
        guard knots.columnCount > 0, let output = QuantileTransform.Output(rawValue: try archive.string("output"))
        else {
            throw OutlierError(.invalidModel, "the quantiles are none")
        }
        self.output = output
    }
}
