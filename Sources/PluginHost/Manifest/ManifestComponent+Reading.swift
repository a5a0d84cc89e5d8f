internal import OutlierCore

extension ManifestComponent {
    private static let common = [
        "summary", "reference", "parameters", "thread-safe",
    ]

    init(kind: ComponentKind, name: String, node: ManifestNode) throws {
        let role: ManifestFunction.Role =
            switch kind {
            case .preprocessor: .apply
            case .metric: .measure
            default: .score
            }
        let keys: [String] =
            switch kind {
            case .preprocessor: ["columns", "missing", "output-columns", "state", "fit", "apply"]
            case .metric: ["measure"]
            default: ["columns", "missing", "anomalous", "state", "fit", "score"]
            }
        guard ManifestComponent.isName(name) else {
            throw node.failure(
                "“\(name)” is no name for a \(kind.rawValue)", "Use small letters, digits and hyphens: robust-distance."
            )
        }
        let what = "the \(kind.rawValue) “\(name)”"
        let mapping = try node.mapping(what, keys: ManifestComponent.common + keys)
        self.kind = kind
        self.name = name
        path = node.path
        work = ManifestFunction(role: role, symbol: "", path: node.path)
        summary = try mapping["summary"]?.text("the summary") ?? ""
        reference = try mapping["reference"]?.text("the reference")
        isThreadSafe = try mapping["thread-safe"]?.boolean("thread-safe") ?? false
        parameters =
            try mapping["parameters"]?.named("the parameters").map {
                try ManifestParameter(name: $0.name, node: $0.node)
            }
            ?? []
        columnCount = try mapping["columns"].map { node in
            let count = try node.integer("the number of columns")
            guard count > 0 else { throw node.failure("the number of columns must be at least 1") }
            return count
        }
        takesMissing = try mapping["missing"]?.boolean("missing") ?? false
        lowIsAnomalous =
            try mapping["anomalous"]?.word("what is anomalous", among: ["high", "low"]) == "low"
        outputColumns = try mapping["output-columns"].map { try expression($0, extra: []) }
        state = try mapping["state"].map(readState) ?? .none
        fit = try mapping["fit"].map { try ManifestFunction($0, role: .fit, component: self) }
        work = try ManifestFunction(mapping.required(role.rawValue), role: role, component: self)
        try checkPlausibility()
    }

    private static func isName(_ name: String) -> Bool {
        let allowed = name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        return allowed && !name.isEmpty && !name.hasPrefix("-") && !name.hasSuffix("-")
    }

    /// A number of elements. A preprocessor's number of output columns is known to its functions.
    func expression(_ node: ManifestNode, extra: [String]) throws -> SizeExpression {
        let text: String
        if let number = node.value.int {
            text = String(number)
        } else {
            text = try node.text("a number of elements")
        }
        let integers = parameters.compactMap { parameter -> String? in
            if case .integer = parameter.description.kind { parameter.description.name } else { nil }
        }
        return try node.located { try SizeExpression(text, known: ["columns"] + extra + integers) }
    }

    private func readState(_ node: ManifestNode) throws -> ManifestState {
        let mapping = try node.mapping("the state", keys: ["doubles", "bytes", "pointer"])
        guard mapping.keys.count == 1 else {
            throw node.failure(
                "a state is one of doubles, bytes and pointer", "Write for instance “state: {doubles: 2 * columns}”.")
        }
        if let doubles = mapping["doubles"] { return .doubles(try expression(doubles, extra: ["rows"])) }
        if let bytes = mapping["bytes"] { return .bytes(try expression(bytes, extra: ["rows"])) }
        let pointer = try mapping.required("pointer")
        let functions = try pointer.mapping("a state behind a pointer", keys: ["free", "size", "save", "load"])
        let free = try functions["free"]?.text("the symbol that frees the state")
        let given = ["size", "save", "load"].filter { functions[$0] != nil }
        if given.isEmpty { return .pointer(free: free, persistence: nil) }
        guard given.count == 3 else {
            throw pointer.failure(
                "size, save and load belong together: a state that can be saved needs all three",
                "Leave all three out where the library cannot save: such a model can be scored with, but not saved.")
        }
        var component = self
        component.state = .pointer(free: free, persistence: nil)
        return .pointer(
            free: free,
            persistence: ManifestState.Persistence(
                size: try ManifestFunction(functions.required("size"), role: .size, component: component),
                save: try ManifestFunction(functions.required("save"), role: .save, component: component),
                load: try ManifestFunction(functions.required("load"), role: .load, component: component)))
    }
}

extension ManifestParameter {
    private static let types = ["number", "integer", "boolean", "choice", "text"]

    init(name: String, node: ManifestNode) throws {
        let mapping = try node.mapping(
            "the parameter “\(name)”",
            keys: ["type", "default", "summary", "minimum", "maximum", "above", "below", "choices"])
        let type = try mapping.required("type").word(
            "the type of the parameter “\(name)”", among: ManifestParameter.types)
        let isNumber = type == "number" || type == "integer"
        for key in ["minimum", "maximum", "above", "below"] where !isNumber {
            if let bound = mapping[key] { throw bound.failure("a parameter of the type \(type) has no “\(key)”") }
        }
        if type != "choice", let choices = mapping["choices"] {
            throw choices.failure("a parameter of the type \(type) has no “choices”")
        }
        var codes: [String: Int] = [:]
        let kind: ParameterDescription.Kind
        switch type {
        case "number": kind = .number(try ManifestParameter.range(mapping))
        case "integer": kind = .integer(try ManifestParameter.range(mapping))
        case "boolean": kind = .boolean
        case "text": kind = .string
        default:
            let choices = try mapping.required("choices")
            if choices.value.array != nil {
                kind = .choice(try choices.list("the choices").map { try $0.text("a choice") })
            } else {
                let named = try choices.named("the choices")
                for (word, code) in named { codes[word] = try code.integer("the number of the choice “\(word)”") }
                kind = .choice(named.map(\.name))
            }
            if kind == .choice([]) { throw choices.failure("there must be something to choose") }
        }
        let defaultNode = try mapping.required("default")
        description = ParameterDescription(
            name: name, summary: try mapping["summary"]?.text("the summary") ?? "", kind: kind,
            defaultValue: defaultNode.value)
        self.codes = codes
        do {
            try description.check(defaultNode.value)
        } catch let error as OutlierError {
            throw defaultNode.failure("the default does not fit: \(error.message)", error.suggestion)
        }
    }

    private static func range(_ mapping: ManifestMapping) throws -> NumberRange {
        if let above = mapping["above"], mapping["minimum"] != nil {
            throw above.failure("a parameter has either “minimum” or “above”")
        }
        if let below = mapping["below"], mapping["maximum"] != nil {
            throw below.failure("a parameter has either “maximum” or “below”")
        }
        let lower = try (mapping["minimum"] ?? mapping["above"])?.number("a bound")
        let upper = try (mapping["maximum"] ?? mapping["below"])?.number("a bound")
        if let lower, let upper, lower > upper { throw mapping.node.failure("no number is in the range") }
        return NumberRange(
            lower: lower, upper: upper, excludesLower: mapping["above"] != nil, excludesUpper: mapping["below"] != nil)
    }
}
