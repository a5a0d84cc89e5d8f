internal import OutlierCore

extension ManifestFunction {
    /// - Parameter component: with its parameters and its state, which the arguments may name.
    init(_ node: ManifestNode, role: Role, component: ManifestComponent) throws {
        let mapping = try node.mapping(
            "the function “\(role.rawValue)”", keys: ["symbol", "each", "arguments", "returns"])
        self.role = role
        path = node.path
        symbol = try mapping.required("symbol").text("the symbol")
        let units: [Unit] =
            switch role {
            case .fit: [.table, .column]
            case .score: [.table, .row]
            case .apply: [.table, .row, .value]
            default: [.table]
            }
        if let each = mapping["each"] {
            let word = try each.word("“each” of a function “\(role.rawValue)”", among: units.map(\.rawValue))
            unit = Unit(rawValue: word) ?? .table
        }
        arguments =
            try mapping["arguments"]?.list("the arguments").map { node in
                try ManifestFunction.argument(node, function: self, component: component)
            } ?? []
        if let node = mapping["returns"] { result = try ManifestResult(node, function: self, component: component) }
    }

    private static func argument(
        _ node: ManifestNode, function: ManifestFunction, component: ManifestComponent
    ) throws -> ManifestArgument {
        guard node.value["struct"] != nil else {
            return .plain(try ManifestLeaf(node, function: function, component: component))
        }
        let mapping = try node.mapping("a struct", keys: ["struct", "by"])
        let by = try mapping["by"]?.word("“by” of a struct", among: ["value", "address"])
        let fields = try mapping.required("struct").list("the fields of a struct")
        guard !fields.isEmpty else { throw node.failure("a struct without a field cannot be passed") }
        let leaves = try fields.map { field in
            guard field.value["struct"] == nil else {
                throw field.failure(
                    "a struct in a struct cannot be passed",
                    "Where the inner one is a pointer, write “type: void *”; else wrap the function in one that takes its fields."
                )
            }
            return try ManifestLeaf(field, function: function, component: component)
        }
        return .structure(leaves, byAddress: by == "address", path: node.path)
    }
}

extension ManifestLeaf {
    private static let keys = [
        "type", "is", "parameter", "constant", "number", "callback", "order", "count", "ok", "takes", "gives", "stop",
        "name",
    ]

    init(_ node: ManifestNode, function: ManifestFunction, component: ManifestComponent) throws {
        let mapping = try node.mapping("an argument", keys: ManifestLeaf.keys)
        let given = ["is", "parameter", "constant", "number", "callback"].filter { mapping[$0] != nil }
        guard given.count == 1 else {
            throw node.failure(
                given.isEmpty
                    ? "an argument must say what it stands for"
                    : "an argument stands for one thing, but “\(given.joined(separator: "” and “"))” were given",
                "Write “is: rows”, “parameter: NAME”, “constant: 0” or “callback: progress”.")
        }
        // A name is for the reader of the manifest.
        _ = try mapping["name"]?.text("the name of an argument")
        path = node.path
        let meaning: ManifestMeaning
        if let parameter = mapping["parameter"] {
            meaning = .parameter(try ManifestLeaf.parameter(parameter, component: component))
        } else if let constant = mapping["constant"] {
            if constant.value.array != nil || constant.value.entries != nil {
                throw constant.failure("a constant must be a number, text, true, false or null")
            }
            meaning = .constant(constant.value)
        } else if let number = mapping["number"] {
            meaning = .number(try component.expression(number, extra: ManifestLeaf.sizes(of: component)))
        } else if let callback = mapping["callback"] {
            _ = try callback.word("a callback", among: ["progress"])
            meaning = .progress(try ManifestCallback(mapping))
        } else {
            meaning = try ManifestLeaf.meaning(mapping, function: function, component: component)
        }
        for (key, owner) in [("order", "matrix or output"), ("count", "workspace"), ("ok", "status")] {
            guard let node = mapping[key] else { continue }
            let fits =
                switch (meaning, key) {
                case (.matrix, "order"), (.output, "order"), (.workspace, "count"), (.status, "ok"): true
                default: false
                }
            guard fits else { throw node.failure("“\(key)” is for an argument that is \(owner)") }
        }
        for key in ["takes", "gives", "stop"] {
            if let node = mapping[key], mapping["callback"] == nil { throw node.failure("“\(key)” is for a callback") }
        }
        self.meaning = meaning
        if let node = mapping["type"] {
            type = try node.located { try CType(node.text("a type")) }
        } else if case .progress = meaning {
            type = try CType("void *")
        } else {
            throw node.failure("an argument must have a type", "Write it as C does: “type: const double *”.")
        }
        try checkType(function: function, component: component, at: mapping["type"] ?? node)
    }

    /// What expressions may name besides `columns` and parameters.
    private static func sizes(of component: ManifestComponent) -> [String] {
        component.kind == .preprocessor ? ["rows", "output-columns"] : ["rows"]
    }

    private static func parameter(_ node: ManifestNode, component: ManifestComponent) throws -> String {
        let name = try node.text("the name of a parameter")
        let known = component.parameters.map(\.description.name)
        guard known.contains(name) else {
            throw node.failure(
                "the parameter “\(name)” is not declared",
                Suggestion.didYouMean(name, among: known)
                    ?? "Declare it: “parameters: {\(name): {type: number, default: 1}}” of “\(component.name)”.")
        }
        return name
    }

    private static func meaning(
        _ mapping: ManifestMapping, function: ManifestFunction, component: ManifestComponent
    ) throws -> ManifestMeaning {
        let node = try mapping.required("is")
        let allowed = ManifestMeaning.words(role: function.role, unit: function.unit)
        let word = try node.text("what an argument stands for")
        guard allowed.contains(word) else {
            let all = ManifestFunction.Unit.allCases.flatMap { ManifestMeaning.words(role: function.role, unit: $0) }
            if all.contains(word) {
                throw node.failure(
                    "“\(word)” has no meaning in a function “\(function.role.rawValue)” that is called for each \(function.unit.rawValue)",
                    "Known here: \(allowed.joined(separator: ", ")).")
            }
            throw node.failure(
                "“\(word)” is nothing that an argument of a function “\(function.role.rawValue)” can stand for",
                Suggestion.didYouMean(word, among: allowed) ?? "Known here: \(allowed.joined(separator: ", ")).")
        }
        let isColumnMajor =
            try mapping["order"]?
            .word("the order", among: ["row-major", "column-major"]) == "column-major"
        switch word {
        case "rows": return .rows
        case "columns": return .columns
        case "elements": return .elements
        case "stride": return .stride
        case "matrix": return .matrix(columnMajor: isColumnMajor)
        case "row": return .row
        case "column": return .column
        case "value": return .value
        case "state":
            if case .none = component.state {
                throw node.failure(
                    "“\(component.name)” does not say what its state is",
                    "Add “state: {doubles: 2 * columns}”, or “state: {pointer: {free: SYMBOL}}”.")
            }
            return .state
        case "scores": return .scores
        case "score": return .score
        case "truth": return .truth
        // “predictions” is what manifests said before.
        case "decisions", "predictions": return .decisions
        case "output": return .output(columnMajor: isColumnMajor)
        case "output-columns": return .outputColumns
        case "seed": return .seed
        case "threads": return .threads
        case "user-data": return .userData
        case "bytes": return .bytes
        case "byte-count": return .byteCount
        case "workspace":
            return .workspace(try component.expression(mapping.required("count"), extra: sizes(of: component)))
        default: return .status(try ManifestResult.goodValues(mapping["ok"]))
        }
    }
}

extension ManifestMeaning {
    /// The words that may stand after `is:`.
    static func words(role: ManifestFunction.Role, unit: ManifestFunction.Unit) -> [String] {
        let shape: [String] =
            switch unit {
            case .table: ["rows", "columns", "elements", "stride", "matrix"]
            case .row: ["row", "columns", "stride"]
            case .column: ["column", "rows", "columns", "stride"]
            case .value: ["value"]
            }
        let common = ["workspace", "status", "threads", "user-data"]
        switch role {
        case .fit: return shape + ["state", "seed"] + common
        case .score: return shape + ["state", unit == .row ? "score" : "scores", "seed"] + common
        case .apply:
            let output = unit == .value ? [] : ["output", "output-columns"]
            return shape + output + ["state", "seed"] + common
        case .measure: return ["rows", "scores", "truth", "decisions", "predictions", "stride", "value"] + common
        case .size: return ["state", "columns", "status", "byte-count"]
        case .save: return ["state", "bytes", "byte-count", "columns", "status"]
        case .load: return ["bytes", "byte-count", "columns", "state", "status"]
        }
    }
}

extension ManifestCallback {
    init(_ mapping: ManifestMapping) throws {
        self.init()
        if let node = mapping["takes"] {
            let arguments = try node.list("what a callback takes").map { node in
                let mapping = try node.mapping("an argument of a callback", keys: ["type", "is"])
                let word = try mapping.required("is").word(
                    "an argument of a callback", among: Part.allCases.map(\.rawValue))
                let type = try mapping.required("type").located { try CType(mapping.required("type").text("a type")) }
                let part = Part(rawValue: word) ?? .ignored
                let fits =
                    switch part {
                    case .fraction: type.pointers == 0 && type.element.isFloatingPoint
                    case .step, .steps: type.pointers == 0 && (type.element.isInteger || type.element.isFloatingPoint)
                    case .userData: type.pointers == 1 && type.element == .void
                    case .ignored: type.foreign != .void
                    }
                guard fits else { throw node.failure("“\(word)” of a callback cannot be a “\(type.text)”") }
                return (type.foreign, part)
            }
            types = arguments.map(\.0)
            parts = arguments.map(\.1)
        }
        if let node = mapping["gives"] {
            let type = try node.located { try CType(node.text("a type")) }
            guard type == .void || (type.pointers == 0 && type.element.isInteger) else {
                throw node.failure("a callback gives a whole number or nothing, not a “\(type.text)”")
            }
            result = type.foreign
        }
        if let node = mapping["stop"] { stop = try node.integer("what stops the library") }
    }
}

extension ManifestResult {
    init(_ node: ManifestNode, function: ManifestFunction, component: ManifestComponent) throws {
        let mapping = try node.mapping("what a function returns", keys: ["type", "is", "ok", "message", "free"])
        let typeNode = try mapping.required("type")
        let type = try typeNode.located { try CType(typeNode.text("a type")) }
        let words = ManifestResult.words(function)
        let word = try mapping["is"]?.word("what a function “\(function.role.rawValue)” returns", among: words)
        if type != .void, word == nil {
            throw node.failure(
                "what the function returns must stand for something", "It can be \(words.joined(separator: ", ")).")
        }
        if let extra = mapping["free"], word != "scores" {
            throw extra.failure("“free” is for scores that the function returns")
        }
        for key in ["ok", "message"] {
            if let extra = mapping[key], word != "status" { throw extra.failure("“\(key)” is for a status") }
        }
        let free = try mapping["free"]?.text("the symbol that frees the scores")
        let isNumber = type.pointers == 0 && (type.element.isInteger || type.element.isFloatingPoint)
        let isInteger = type.pointers == 0 && type.element.isInteger
        let fits: Bool
        switch word {
        case "status":
            meaning = .status(ok: try Self.goodValues(mapping["ok"]), message: try mapping["message"]?.text("a symbol"))
            fits = isInteger
        case "score":
            meaning = .score
            fits = isNumber
        case "scores":
            meaning = .scores(free: free)
            fits = type.pointers == 1 && type.element.isFloatingPoint
        case "state":
            meaning = .state
            fits =
                component.state.isPointer
                ? type.pointers == 1 : function.unit == .column && type.pointers == 0 && type.element.isFloatingPoint
            if case .none = component.state {
                throw node.failure(
                    "“\(component.name)” does not say what its state is",
                    "Add “state: {doubles: columns}”, or “state: {pointer: {free: SYMBOL}}”.")
            }
        case "value":
            meaning = .value
            fits = isNumber
        case "byte-count":
            meaning = .byteCount
            fits = isInteger
        default:
            meaning = .ignored
            fits = true
        }
        guard fits else { throw typeNode.failure("“\(word ?? "")” cannot be returned as a “\(type.text)”") }
        self.type = type
        path = node.path
    }

    private static func words(_ function: ManifestFunction) -> [String] {
        switch (function.role, function.unit) {
        case (.fit, _): ["status", "state", "ignored"]
        case (.score, .row): ["score", "status", "ignored"]
        case (.score, _): ["status", "scores", "ignored"]
        case (.apply, .value): ["value"]
        case (.apply, _), (.save, _): ["status", "ignored"]
        case (.measure, _): ["value", "status", "ignored"]
        case (.size, _): ["byte-count"]
        case (.load, _): ["state", "status"]
        }
    }

    /// The numbers that mean that a call went well: 0 unless others are given.
    static func goodValues(_ node: ManifestNode?) throws -> [Int] {
        guard let node else { return [0] }
        if let number = node.value.int { return [number] }
        let numbers = try node.list("“ok”").map { try $0.integer("a good status") }
        guard !numbers.isEmpty else { throw node.failure("some status must be good") }
        return numbers
    }
}
