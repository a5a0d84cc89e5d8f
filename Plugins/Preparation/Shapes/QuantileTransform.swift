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
        var (low, high) = (0, last + 1)
        while low < high {
            let middle = (low + high) / 2
            if knots[middle] <= value { low = middle + 1 } else { high = middle }
        }
        let upper = low - 1
        (low, high) = (0, upper + 1)
        while low < high {
            let middle = (low + high) / 2
            if knots[middle] < value { low = middle + 1 } else { high = middle }
        }
        let lower = low
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

/// The inverse of the standard normal distribution function: M. J. Wichura, “Algorithm AS 241”, 1988.
enum NormalQuantile {
    static func value(_ probability: Double) -> Double {
        if probability <= 0 { return -.infinity }
        if probability >= 1 { return .infinity }
        let q = probability - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            return q * ratio(r, central.numerator, central.denominator)
        }
        var r = (-log(q < 0 ? probability : 1 - probability)).squareRoot()
        let magnitude: Double
        if r <= 5 {
            r -= 1.6
            magnitude = ratio(r, middle.numerator, middle.denominator)
        } else {
            r -= 5
            magnitude = ratio(r, far.numerator, far.denominator)
        }
        return q < 0 ? -magnitude : magnitude
    }

    private static func ratio(_ r: Double, _ numerator: [Double], _ denominator: [Double]) -> Double {
        func polynomial(_ coefficients: [Double]) -> Double { coefficients.reversed().reduce(0) { $0 * r + $1 } }
        return polynomial(numerator) / polynomial(denominator)
    }

    private static let central: (numerator: [Double], denominator: [Double]) = (
        [
            3.387_132_872_796_366_5, 1.331_416_678_917_843_8e2, 1.971_590_950_306_551_3e3, 1.373_169_376_550_946e4,
            4.592_195_393_154_987e4, 6.726_577_092_700_87e4, 3.343_057_558_358_813e4, 2.509_080_928_730_122_7e3,
        ],
        [
            1, 4.231_333_070_160_091e1, 6.871_870_074_920_579e2, 5.394_196_021_424_751e3, 2.121_379_430_158_659_7e4,
            3.930_789_580_009_271e4, 2.872_908_573_572_194_3e4, 5.226_495_278_852_854_5e3,
        ]
    )
    private static let middle: (numerator: [Double], denominator: [Double]) = (
        [
            1.423_437_110_749_683_5, 4.630_337_846_156_546, 5.769_497_221_460_691, 3.647_848_324_763_204_5,
            1.270_458_252_452_368_4, 2.417_807_251_774_506e-1, 2.272_384_498_926_918_4e-2, 7.745_450_142_783_414e-4,
        ],
        [
            1, 2.053_191_626_637_759, 1.676_384_830_183_803_8, 6.897_673_349_851e-1, 1.481_039_764_274_800_8e-1,
            1.519_866_656_361_645_7e-2, 5.475_938_084_995_345e-4, 1.050_750_071_644_416_9e-9,
        ]
    )
    private static let far: (numerator: [Double], denominator: [Double]) = (
        [
            6.657_904_643_501_103, 5.463_784_911_164_114, 1.784_826_539_917_291_3, 2.965_605_718_285_048_7e-1,
            2.653_218_952_657_612_4e-2, 1.242_660_947_388_078_4e-3, 2.711_555_568_743_487_6e-5,
            2.010_334_399_292_288e-7,
        ],
        [
            1, 5.998_322_065_558_88e-1, 1.369_298_809_227_358e-1, 1.487_536_129_085_061_5e-2,
            7.868_691_311_456_133e-4, 1.846_318_317_510_054_8e-5, 1.421_511_758_316_446e-7,
            2.044_263_103_389_939_8e-15,
        ]
    )
}
