public import OutlierCore

/// The parameters of a detector that a search may change, and where it looks.
public struct SearchSpace: Sendable {
    struct Dimension: Sendable {
        let name: String
        let range: SearchRange
        let isInteger: Bool
    }

    let base: Recipe
    let dimensions: [Dimension]
    private let registry: Registry

    /// The names of the parameters that may change.
    public var names: [String] { dimensions.map(\.name) }

    /// - Parameters:
    ///   - base: the detector; its parameters are the first trial, and those that are not searched stay.
    ///   - parameters: which may change; `nil` for those whose declaration says where good values are, or if none
    ///     does, all numbers, choices and booleans.
    /// - Throws: ``OutlierError/Code/unknownParameter`` where there is none of a name,
    ///   ``OutlierError/Code/invalidConfiguration`` where nothing can be searched.
    public init(_ base: Recipe, registry: Registry, parameters: [String]? = nil) throws {
        let description = try registry.describe(.detector, base.name)
        let all = description.parameters
        for name in parameters ?? [] where !all.contains(where: { $0.name == name }) {
            throw OutlierError(
                .unknownParameter, "“\(base.name)” has no parameter “\(name)”",
                suggestion: "Known parameters: \(all.map(\.name).joined(separator: ", ")).")
        }
        let declared = all.contains { $0.search != nil }
        dimensions = all.compactMap { parameter in
            if let parameters, !parameters.contains(parameter.name) { return nil }
            let derives = parameters != nil || !declared
            guard let range = parameter.search ?? (derives ? SearchRange(derivedFrom: parameter) : nil) else {
                return nil
            }
            return Dimension(name: parameter.name, range: range, isInteger: Self.isInteger(parameter.kind))
        }
        self.base = try registry.detector(base).recipe
        self.registry = registry
        guard !dimensions.isEmpty else {
            throw OutlierError(
                .invalidConfiguration, "“\(base.name)” has no parameter that can be searched",
                suggestion: "Choose another detector.")
        }
    }

    private static func isInteger(_ kind: ParameterDescription.Kind) -> Bool {
        switch kind {
        case .integer: true
        case .optional(let kind, _): isInteger(kind)
        default: false
        }
    }

    /// The parameters of one trial: those of the configuration for the first, drawn at random for the others. What does not
    /// go together is drawn again, up to twenty times.
    public func recipe(trial: Int, seed: UInt64) -> Recipe {
        guard trial > 0 else { return base }
        var random = RandomSource(seed: seed, stream: UInt64(trial))
        var recipe = draw(&random)
        for _ in 0..<20 where (try? registry.detector(recipe)) == nil { recipe = draw(&random) }
        return recipe
    }

    private func draw(_ random: inout RandomSource) -> Recipe {
        var entries = base.parameters.entries ?? []
        for dimension in dimensions {
            let value = dimension.range.value(isInteger: dimension.isInteger, using: &random)
            if let place = entries.firstIndex(where: { $0.key == dimension.name }) {
                entries[place].value = value
            } else {
                entries.append(Value.Entry(dimension.name, value))
            }
        }
        return Recipe(name: base.name, parameters: .object(entries))
    }

    /// Only what is searched of a trial's parameters.
    func searched(_ recipe: Recipe) -> Value {
        .object(dimensions.map { Value.Entry($0.name, recipe.parameters[$0.name] ?? .null) })
    }
}
