internal import OutlierCore

// What can be seen to be wrong before any function is called. Nothing can tell whether a function in C really takes what
// the manifest says: but most slips of the pen leave something out that scoring cannot do without.

extension ManifestLeaf {
    /// - Throws: ``OutlierError/Code/invalidPlugin`` where what the argument stands for cannot have its type.
    func checkType(function: ManifestFunction, component: ManifestComponent, at node: ManifestNode) throws {
        let isPointer = type.pointers == 1
        let isFloating = type.element.isFloatingPoint
        let isNumber = type.element.isInteger || isFloating
        let fits: Bool
        let expected: String
        switch meaning {
        case .rows, .columns, .elements, .stride, .outputColumns, .seed, .threads, .byteCount, .number:
            // Fortran passes numbers by their address.
            (fits, expected) = (type.pointers <= 1 && type.element.isInteger, "a whole number or a pointer to one")
        case .matrix, .row, .column:
            (fits, expected) = (isPointer && isFloating, "a pointer to double or float")
        case .output, .score:
            (fits, expected) = (isPointer && isFloating && !type.isConstant, "a pointer to double or float, not const")
        case .scores where function.role == .measure:
            (fits, expected) = (isPointer && isFloating, "a pointer to double or float")
        case .scores:
            (fits, expected) = (isPointer && isFloating && !type.isConstant, "a pointer to double or float, not const")
        case .value where function.role == .measure:
            (fits, expected) = (isPointer && isFloating && !type.isConstant, "a pointer to double or float, not const")
        case .value:
            (fits, expected) = (type.pointers == 0 && isFloating, "double or float")
        case .truth, .decisions:
            (fits, expected) = (isPointer && isNumber, "a pointer to numbers")
        case .workspace:
            (fits, expected) = (
                isPointer && type.element != .void && !type.isConstant, "a pointer to numbers, not const"
            )
        case .status:
            (fits, expected) = (
                isPointer && type.element.isInteger && !type.isConstant, "a pointer to a whole number, not const"
            )
        case .userData, .progress:
            (fits, expected) = (isPointer && type.element == .void, "void *")
        case .bytes:
            let isByte = type.element == .void || type.element == .int8 || type.element == .uint8
            (fits, expected) = (isPointer && isByte, "a pointer to bytes or void *")
        case .state: (fits, expected) = stateFits(function, component)
        case .parameter(let name):
            let kind = component.parameters.first { $0.description.name == name }
            (fits, expected) = kind.map(parameterFits) ?? (true, "")
        case .constant(let value):
            switch value {
            case .null: (fits, expected) = (type.pointers > 0, "a pointer")
            case .string: (fits, expected) = (isPointer && type.isCharacter && type.isConstant, "const char *")
            case .boolean, .integer:
                (fits, expected) = (type.pointers <= 1 && isNumber, "a number or a pointer to one")
            default: (fits, expected) = (type.pointers <= 1 && isFloating, "double or float or a pointer to one")
            }
        }
        guard fits else {
            throw node.failure("“\(meaning.word)” cannot be passed as “\(type.text)”", "It must be \(expected).")
        }
        if case .constant(let value) = meaning, let number = value.int, type.element.isInteger {
            let room = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
            defer { room.deallocate() }
            guard type.element.write(number, to: room) else {
                throw node.failure("the constant \(number) does not fit into “\(type.text)”")
            }
        }
    }

    private func stateFits(_ function: ManifestFunction, _ component: ManifestComponent) -> (Bool, String) {
        let isOne = type.pointers == 1
        switch component.state {
        case .none: return (true, "")
        case .doubles:
            let writes = function.role == .fit
            return (
                isOne && type.element == .double && !(writes && type.isConstant),
                writes ? "double *, for the fit writes to it" : "const double *"
            )
        case .bytes: return (isOne && !(function.role == .fit && type.isConstant), "a pointer to bytes or void *")
        case .pointer:
            let gives = function.role == .fit || function.role == .load
            return (
                type.pointers == (gives ? 2 : 1),
                gives ? "void **, the address at which the function puts its pointer" : "void *"
            )
        }
    }

    private func parameterFits(_ parameter: ManifestParameter) -> (Bool, String) {
        let isNumber = type.element.isInteger || type.element.isFloatingPoint
        switch parameter.description.kind {
        case .number: return (type.pointers <= 1 && type.element.isFloatingPoint, "double or float or a pointer to one")
        case .integer, .boolean: return (type.pointers <= 1 && isNumber, "a number or a pointer to one")
        case .choice where !parameter.codes.isEmpty:
            return (type.pointers <= 1 && type.element.isInteger, "a whole number, for its choices have numbers")
        default: return (type.pointers == 1 && type.isCharacter && type.isConstant, "const char *")
        }
    }
}

extension ManifestFunction {
    private func failure(_ message: String, _ suggestion: String? = nil) -> OutlierError {
        OutlierError(.invalidPlugin, "the function “\(symbol)”: \(message)", suggestion: suggestion, path: path)
    }

    /// - Throws: ``OutlierError/Code/invalidPlugin`` where the arguments and the result leave out what no function of this
    ///   kind can do without, or say something twice.
    func checkPlausibility(_ component: ManifestComponent) throws {
        try checkSingles()
        switch (role, unit) {
        case (.load, _):
            guard has({ $0 == .bytes }), givesState else {
                throw failure("a function that loads must get “bytes” and give “state”")
            }
            return
        case (.save, _):
            guard has({ $0 == .bytes }), has({ $0 == .state }) else {
                throw failure("a function that saves must get “state” and “bytes”")
            }
            return
        case (.size, _):
            guard has({ $0 == .state }) else { throw failure("a function that measures a state must get “state”") }
            return
        case (.measure, _):
            guard has({ $0 == .scores || $0 == .decisions }), has({ $0 == .truth }), has({ $0 == .rows }) else {
                throw failure("a metric must get “scores” or “decisions”, “truth” and “rows”")
            }
            guard has({ $0 == .value }) != (result.meaning == .value) else {
                throw failure("a metric must give “value” once: by what it returns or by an argument")
            }
            return
        case (_, .row):
            guard has({ $0 == .row }) else { throw failure("a function that is called for each row must get “row”") }
            try checkKnowsColumns(component)
        case (_, .column):
            guard has({ $0 == .column }), has({ $0 == .rows }) else {
                throw failure("a function that is called for each column must get “column” and “rows”")
            }
        case (_, .value):
            guard has({ $0 == .value }) else {
                throw failure("a function that is called for each value must get “value”")
            }
        case (_, .table):
            guard has({ if case .matrix = $0 { true } else { false } }) else {
                throw failure("a function that is called with the whole table must get “matrix”")
            }
            guard has({ $0 == .rows || $0 == .elements }) else {
                throw failure(
                    "it gets a matrix, but not how many rows it has", "Add the argument “{type: size_t, is: rows}”.")
            }
            try checkKnowsColumns(component)
        }
        try checkResults(component)
    }

    private func checkKnowsColumns(_ component: ManifestComponent) throws {
        guard has({ $0 == .columns || $0 == .elements || $0 == .stride }) || component.columnCount != nil else {
            throw failure(
                "it does not get how many columns there are",
                "Add the argument “{type: size_t, is: columns}”, or “columns: 3” to “\(component.name)” where it takes that many only."
            )
        }
    }

    private var givesState: Bool { result.meaning == .state || has { $0 == .state } }

    private func checkResults(_ component: ManifestComponent) throws {
        switch role {
        case .fit:
            guard givesState else { throw failure("a fit must give “state”") }
        case .score:
            let byArgument = has { $0 == (unit == .row ? .score : .scores) }
            let byResult: Bool
            switch result.meaning {
            case .score, .scores: byResult = true
            default: byResult = false
            }
            let word = unit == .row ? "score" : "scores"
            guard byArgument || byResult else {
                throw failure(
                    "it gives no “\(word)”",
                    unit == .row
                        ? "Add “returns: {type: double, is: score}” or an argument “{type: double *, is: score}”."
                        : "Add the argument “{type: double *, is: scores}”.")
            }
            guard !(byArgument && byResult) else { throw failure("it gives “\(word)” twice") }
        case .apply:
            if unit == .value {
                guard result.meaning == .value else {
                    throw failure("it gives no value", "Add “returns: {type: double, is: value}”.")
                }
                return
            }
            let hasOutput = has { if case .output = $0 { true } else { false } }
            let changesInput = leaves.contains { leaf in
                switch leaf.meaning {
                case .matrix, .row: !leaf.type.isConstant
                default: false
                }
            }
            guard hasOutput || changesInput else {
                throw failure(
                    "it has nowhere to put what it makes",
                    "Add an argument “{type: double *, is: output}”, or leave out the const of a matrix that is changed in place."
                )
            }
            if !hasOutput, component.outputColumns != nil {
                throw failure("what is changed in place has as many columns as before", "Leave out “output-columns”.")
            }
        default: break
        }
    }

    /// No buffer may be passed twice: two arguments `scores` are a slip of the pen.
    private func checkSingles() throws {
        var seen: Set<String> = []
        for leaf in leaves {
            switch leaf.meaning {
            case .matrix, .row, .column, .value, .state, .scores, .score, .truth, .decisions, .output, .bytes,
                .progress, .userData:
                guard seen.insert(leaf.meaning.word).inserted else {
                    throw OutlierError(
                        .invalidPlugin, "the function “\(symbol)” gets “\(leaf.meaning.word)” twice", path: leaf.path)
                }
            default: break
            }
        }
        if (role == .fit || role == .load) && result.meaning == .state && has({ $0 == .state }) {
            throw failure("it gives “state” twice")
        }
    }
}

extension ManifestComponent {
    func checkPlausibility() throws {
        try work.checkPlausibility(self)
        try fit?.checkPlausibility(self)
        var functions = [work] + [fit].compactMap { $0 }
        if case .pointer(_, let persistence?) = state {
            functions += [persistence.size, persistence.save, persistence.load]
            for function in functions.suffix(3) { try function.checkPlausibility(self) }
        }
        func failure(_ message: String, _ suggestion: String? = nil) -> OutlierError {
            OutlierError(.invalidPlugin, message, suggestion: suggestion, path: path)
        }
        let usesState = work.has { $0 == .state }
        if usesState && fit == nil {
            throw failure("“\(name)” uses a state, but no function “fit” makes it")
        }
        if fit != nil && !usesState {
            throw failure("“\(name)” has a fit whose state “\(work.symbol)” does not get")
        }
        if case .none = state {
        } else if fit == nil {
            throw failure("“\(name)” has a state, but no function “fit” makes it")
        }
        for parameter in parameters {
            let parameterName = parameter.description.name
            let isPassed = functions.contains { $0.has { $0 == .parameter(parameterName) } }
            let isCounted = functions.contains { function in
                function.has {
                    if case .workspace(let count) = $0 { count.names.contains(parameterName) } else { false }
                }
            }
            guard isPassed || isCounted || sizes.contains(where: { $0.names.contains(parameterName) }) else {
                throw OutlierError(
                    .invalidPlugin, "the parameter “\(parameterName)” is passed to no function",
                    suggestion: "Add an argument “{type: double, parameter: \(parameterName)}”, or leave it out.",
                    path: path + ["parameters", parameterName])
            }
        }
    }

    private var sizes: [SizeExpression] {
        var sizes = [outputColumns].compactMap { $0 }
        switch state {
        case .doubles(let size), .bytes(let size): sizes.append(size)
        default: break
        }
        return sizes
    }
}
