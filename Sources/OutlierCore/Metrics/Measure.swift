/// What a metric gives of scores and decisions: its value, or why it has none.
public struct Measure: Sendable, Hashable {
    /// The metric's name.
    public var name: String
    public var value: MetricValue?
    /// Why there is no value.
    public var reason: String?
    /// Whether there is no value because nothing was decided.
    public var needsDecisions: Bool

    public init(name: String, value: MetricValue?, reason: String? = nil, needsDecisions: Bool = false) {
        self.name = name
        self.value = value
        self.reason = reason
        self.needsDecisions = needsDecisions
    }
}

extension Measure {
    /// Every number by its name: one, those of a table, or `nil` without a value.
    public var numbers: [(name: String, value: Double?)] {
        switch value {
        case .number(let value): [(name, value)]
        case .table(let entries): entries.map { ($0.name, .some($0.value)) }
        case nil: [(name, nil)]
        }
    }
}

extension Evaluation {
    /// Every metric's value. What the truth does not define, or what needs decisions that are not there, is a reason and no
    /// failure.
    ///
    /// - Throws: what a metric throws besides.
    public func measures(_ metrics: [any Metric]) throws -> [Measure] {
        try metrics.map { metric in
            let name = metric.recipe.name
            do {
                return Measure(name: name, value: try metric.value(of: self))
            } catch let error as OutlierError where error.code == .undefinedMetric || error.code == .missingDecisions {
                return Measure(
                    name: name, value: nil, reason: error.message, needsDecisions: error.code == .missingDecisions)
            }
        }
    }
}

extension [Measure] {
    /// The metrics as an object: name → number, `null` for one without a value. The numbers of a metric that gives several
    /// stand under their own names.
    public var json: Value {
        .object(flatMap(\.numbers).map { Value.Entry($0.name, $0.value.map(Value.number) ?? .null) })
    }
}
