public import OutlierCore

/// A metric of a plug-in.
public struct ForeignMetric: Metric {
    public static var name: String { "foreign-metric" }
    public static var summary: String { "A metric of a plug-in." }

    let component: (any ForeignComponent)?
    let parameters: Value

    /// A metric of no plug-in, which cannot measure.
    public init() {
        component = nil
        parameters = .object([])
    }

    init(_ component: any ForeignComponent, parameters: Value) throws {
        self.component = component
        self.parameters = try component.description.completed(parameters)
        try validateTogether()
    }

    public var recipe: Recipe {
        Recipe(name: component?.description.name ?? Self.name, parameters: parameters)
    }

    public func validateTogether() throws { try component?.check(parameters) }

    public func value(of evaluation: Evaluation) throws -> MetricValue {
        guard let component else { throw OutlierError(.invalidPlugin, "the metric belongs to no plug-in") }
        return try component.attributed {
            let value = try component.measure(evaluation, parameters: parameters)
            guard !value.isNaN else {
                throw OutlierError(
                    .undefinedMetric, "the plug-in “\(component.description.plugin)” gave NaN, not a number")
            }
            return .number(value)
        }
    }
}
