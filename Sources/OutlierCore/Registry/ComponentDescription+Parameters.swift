extension ComponentDescription {
    /// The given parameters, checked, and defaults for those that are left out: what ``Component`` does for components
    /// that are types, here for those whose parameters are known at run time only.
    ///
    /// - Parameter given: an object, parameter → value.
    /// - Returns: an object with every parameter, in the order of ``parameters``.
    /// - Throws: ``OutlierError/Code/unknownParameter`` or ``OutlierError/Code/invalidParameter``, with the path to
    ///   the value.
    public func completed(_ given: Value) throws -> Value {
        do {
            guard let entries = given.entries else {
                throw OutlierError(
                    .invalidConfiguration, "the parameters must be a mapping, but \(given.typeName) was given")
            }
            let names = parameters.map(\.name)
            for entry in entries where !names.contains(entry.key) {
                throw OutlierError.unknownParameter(entry.key, of: name, known: names)
            }
            return .object(
                try parameters.map { parameter in
                    let value = given[parameter.name] ?? parameter.defaultValue
                    try parameter.check(value)
                    return Value.Entry(parameter.name, parameter.kind.normalized(value))
                })
        } catch var error as OutlierError {
            error.component = error.component ?? name
            throw error
        }
    }
}

extension ParameterDescription {
    /// - Throws: ``OutlierError/Code/invalidParameter`` where the parameter cannot hold `value`.
    public func check(_ value: Value) throws { try kind.check(value, parameter: name) }
}

extension ParameterDescription.Kind {
    /// One value for one meaning: `2` given for a number is `2.0`, `2.0` given for a whole number is `2`, one value given
    /// for a list is a list.
    fileprivate func normalized(_ value: Value) -> Value {
        switch self {
        case .integer: value.int.map(Value.integer) ?? value
        case .number: value.double.map(Value.number) ?? value
        case .optional(let kind, _), .orWord(let kind, _): kind.normalized(value)
        case .list(let element, _): .array(value.elements.map(element.normalized))
        default: value
        }
    }
}

extension OutlierError {
    static func unknownParameter(_ name: String, of component: String, known: [String]) -> OutlierError {
        let list =
            known.isEmpty ? "“\(component)” has no parameters." : "Known parameters: \(known.joined(separator: ", "))."
        return OutlierError(
            .unknownParameter, "there is no parameter “\(name)”",
            suggestion: Suggestion.didYouMean(name, among: known) ?? list, path: [name])
    }
}
