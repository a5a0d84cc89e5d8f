import Foundation

/// Where a search looks for good values of a parameter: narrower than what the parameter allows.
public enum SearchRange: Sendable, Hashable {
    /// Numbers at equal distances are equally likely.
    case linear(ClosedRange<Double>)
    /// Numbers at equal ratios are equally likely; the bounds must be above 0.
    case logarithmic(ClosedRange<Double>)
    /// Every value of a choice or a boolean.
    case values([Value])

    /// Where a search looks that was told nothing: every value of a choice or boolean, and numbers from an eighth of the
    /// default to eight times the default, as far as they are allowed. `nil` where there is nothing to choose from.
    public init?(derivedFrom parameter: ParameterDescription) {
        self.init(kind: parameter.kind, defaultValue: parameter.defaultValue)
    }

    private init?(kind: ParameterDescription.Kind, defaultValue: Value) {
        switch kind {
        case .boolean: self = .values([.boolean(false), .boolean(true)])
        case .choice(let choices) where choices.count > 1: self = .values(choices.map(Value.string))
        case .integer(let range), .number(let range):
            guard let center = defaultValue.double, center > 0 else { return nil }
            var lower = max(center / 8, range.lower ?? 0)
            var upper = min(center * 8, range.upper ?? .infinity)
            if range.excludesLower && lower == range.lower { lower += (center - lower) / 100 }
            if range.excludesUpper && upper == range.upper { upper = center + (upper - center) * 0.99 }
            if case .integer = kind { lower = max(1, lower.rounded(.up)) }
            guard lower > 0, lower < upper else { return nil }
            self = .logarithmic(lower...upper)
        case .optional(let kind, _): self.init(kind: kind, defaultValue: defaultValue)
        default: return nil
        }
    }

    /// A value drawn at random.
    ///
    /// - Parameter isInteger: whether the parameter takes whole numbers only.
    public func value(isInteger: Bool, using random: inout RandomSource) -> Value {
        switch self {
        case .values(let values): return values.isEmpty ? .null : values[random.index(below: values.count)]
        case .linear(let range):
            return number(
                range.lowerBound + random.uniform() * (range.upperBound - range.lowerBound), range, isInteger)
        case .logarithmic(let range):
            let (low, high) = (range.lowerBound, range.upperBound)
            return number(low * pow(high / low, random.uniform()), range, isInteger)
        }
    }

    private func number(_ number: Double, _ range: ClosedRange<Double>, _ isInteger: Bool) -> Value {
        // Three digits tell apart all that matters, and can be read.
        isInteger
            ? .integer(Int(number.rounded()))
            : .number(min(max(SearchRange.rounded(number), range.lowerBound), range.upperBound))
    }

    private static func rounded(_ number: Double) -> Double {
        guard number != 0, number.isFinite else { return number }
        let scale = pow(10, 2 - floor(log10(abs(number))))
        return scale.isFinite && scale > 0 ? (number * scale).rounded() / scale : number
    }
}
