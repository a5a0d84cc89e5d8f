import Foundation
public import OutlierCore

/// Makes columns more like normal distributions: Yeo and Johnson's power, chosen by maximum likelihood, then mean 0 and
/// standard deviation 1.
///
/// The values are those of scikit-learn's `PowerTransformer`. A constant column becomes 0; missing values stay missing.
///
///     preprocess: [power]
///
/// I.-K. Yeo and R. A. Johnson, “A new family of power transformations to improve normality or symmetry”, Biometrika
/// 87, 2000.
public struct PowerTransform: Preprocessor {
    public static let name = "power"
    public static let aliases = ["yeo-johnson"]
    public static let summary = "Makes columns more like normal distributions, by the power that fits best."
    public static let reference: String? =
        "I.-K. Yeo and R. A. Johnson, A new family of power transformations to improve normality or symmetry, 2000"
    public static var parameters: [Parameter<PowerTransform>] {
        [.boolean("standardize", \.standardize, "Whether columns get the mean 0 and the standard deviation 1.")]
    }

    public var standardize: Bool

    public init() { self.init(standardize: true) }

    public init(standardize: Bool) { self.standardize = standardize }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPowerTransform {
        let width = data.columnCount
        var powers = [Double](repeating: 1, count: width)
        var means = [Double](repeating: 0, count: width)
        var scales = [Double](repeating: 1, count: width)
        try powers.withUnsafeMutableBufferPointer { powers in
            try means.withUnsafeMutableBufferPointer { means in
                try scales.withUnsafeMutableBufferPointer { scales in
                    let (powers, means, scales) = (SharedBuffer(powers), SharedBuffer(means), SharedBuffer(scales))
                    try context.execution.forEach(width) { column in
                        let values = data.presentValues(column)
                        guard data.columns[column].levels == nil, let first = values.first else { return }
                        if values.contains(where: { $0 != first }) {
                            powers.buffer[column] = YeoJohnson.mostLikely(values)
                        }
                        guard standardize else { return }
                        let power = powers.buffer[column]
                        let moments = Moments(values.map { YeoJohnson.transform($0, power) })
                        means.buffer[column] = moments.mean
                        let deviation = moments.variance.squareRoot()
                        let noise = 10 * Double.ulpOfOne * abs(moments.mean)
                        scales.buffer[column] = deviation > noise && deviation.isFinite ? deviation : 1
                    }
                }
            }
        }
        return FittedPowerTransform(powers: powers, means: means, scales: scales)
    }
}

/// The power of each column, and what standardizes it.
public struct FittedPowerTransform: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    /// One power a column; 1 changes nothing.
    public let powers: [Double]
    let means: [Double]
    let scales: [Double]

    public var featureCount: Int { powers.count }

    init(powers: [Double], means: [Double], scales: [Double]) {
        self.powers = powers
        self.means = means
        self.scales = scales
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        try data.mappingNumbers(execution: execution) { column, value in
            let result = (YeoJohnson.transform(value, powers[column]) - means[column]) / scales[column]
            // A value far beyond those of the fit must not leave the numbers.
            return result.isFinite ? result : (value < 0 ? -1 : 1) * Double.greatestFiniteMagnitude.squareRoot()
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(powers, as: "powers")
        archive.store(means, as: "means")
        archive.store(scales, as: "scales")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        powers = try archive.doubles("powers")
        means = try archive.doubles("means", count: powers.count)
        scales = try archive.doubles("scales", count: powers.count)
    }
}

/// Yeo and Johnson's family of powers.
enum YeoJohnson {
    static func transform(_ value: Double, _ power: Double) -> Double {
        // What the limits of the formulas are where the powers vanish.
        let threshold = Double.ulpOfOne
        if value >= 0 {
            if power == 1 { return value }
            return abs(power) < threshold ? log1p(value) : expm1(power * log1p(value)) / power
        }
        if power == 1 { return value }
        return abs(power - 2) < threshold ? -log1p(-value) : -expm1((2 - power) * log1p(-value)) / (2 - power)
    }

    /// The power of greatest likelihood, within bounds outside which the transformed values leave the numbers.
    static func mostLikely(_ values: [Double]) -> Double {
        let largest = values.reduce(0) { max($0, abs($1)) }
        if largest == 0 { return 1 }
        let signedLogs = values.map { $0 >= 0 ? log1p($0) : -log1p(-$0) }
        let slope = signedLogs.reduce(0, +)
        let count = Double(values.count)
        func cost(_ power: Double) -> Double {
            let variance = Moments(values.map { transform($0, power) }).variance
            guard variance > 0, variance.isFinite else { return .infinity }
            return count / 2 * log(variance) - (power - 1) * slope
        }
        // Half the range of exponents is left for squares, and room for new values twenty times as large.
        let room = log1p(min(20 * largest, .greatestFiniteMagnitude))
        var lower = (log(Double.leastNormalMagnitude) - log(Double.ulpOfOne)) / 2 / room
        var upper = (log(Double.greatestFiniteMagnitude) + log(Double.ulpOfOne)) / 2 / room
        let negative = values.count { $0 < 0 }
        if negative == values.count {
            (lower, upper) = (2 - upper, 2 - lower)
        } else if negative > 0 {
            (lower, upper) = (max(2 - upper, lower), min(2 - lower, upper))
        }
        return Minimum.within(lower, upper, tolerance: 1.48e-8, cost)
    }
}

/// The minimum of a function of one variable: R. P. Brent, “Algorithms for Minimization without Derivatives”, 1973,
/// chapter 5.
enum Minimum {
    static func within(
        _ lower: Double, _ upper: Double, tolerance: Double, _ function: (Double) -> Double
    ) -> Double {
        let golden = 0.5 * (3 - 5.0.squareRoot())
        var (a, b) = (lower, upper)
        var x = a + golden * (b - a)
        var (w, v) = (x, x)
        var fx = function(x)
        var (fw, fv) = (fx, fx)
        var step = 0.0
        var before = 0.0
        for _ in 0..<500 {
            let middle = 0.5 * (a + b)
            let least = Double.ulpOfOne.squareRoot() * abs(x) + tolerance / 3
            if abs(x - middle) <= 2 * least - 0.5 * (b - a) { break }
            var takesGolden = true
            if abs(before) > least {
                // The minimum of a parabola through three points, if it falls well.
                var r = (x - w) * (fx - fv)
                var q = (x - v) * (fx - fw)
                var p = (x - v) * q - (x - w) * r
                q = 2 * (q - r)
                if q > 0 { p = -p }
                q = abs(q)
                r = before
                before = step
                if abs(p) < abs(0.5 * q * r), p > q * (a - x), p < q * (b - x) {
                    step = p / q
                    let candidate = x + step
                    if candidate - a < 2 * least || b - candidate < 2 * least {
                        step = middle >= x ? least : -least
                    }
                    takesGolden = false
                }
            }
            if takesGolden {
                before = x >= middle ? a - x : b - x
                step = golden * before
            }
            let u = x + (abs(step) >= least ? step : (step >= 0 ? least : -least))
            let fu = function(u)
            if fu <= fx {
                if u >= x { a = x } else { b = x }
                (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
            } else {
                if u < x { a = u } else { b = u }
                if fu <= fw || w == x {
                    (v, fv, w, fw) = (w, fw, u, fu)
                } else if fu <= fv || v == x || v == w {
                    (v, fv) = (u, fu)
                }
            }
        }
        return x
    }
}
