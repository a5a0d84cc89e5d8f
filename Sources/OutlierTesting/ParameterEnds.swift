import OutlierCore

/// Components that have one numeric parameter at one end of what it may be, and defaults or given values for the others.
///
/// A configuration may say such a number, so a component owes an answer or an ``OutlierError`` that says what is wrong.
/// It is free to begin work that nobody waits for, a fit of 2⁶³ trees for one: ``execution()`` is cancelled soon. What
/// comes of it is the same on a slow machine, as work that is cancelled is an answer too. Lists are left out: their
/// numbers are widths of layers, and a network of the widest is larger than any memory.
enum ParameterEnds {
    /// One case: in words, and the component.
    struct Case {
        var words: String
        var recipe: Recipe
    }

    static func cases(_ recipe: Recipe, _ parameters: [ParameterDescription]) -> [Case] {
        parameters.flatMap { parameter in
            ends(of: parameter.kind).map { end in
                let others = (recipe.parameters.entries ?? []).filter { $0.key != parameter.name }
                return Case(
                    words: "\(parameter.name): \(end.description)",
                    recipe: Recipe(
                        name: recipe.name, parameters: .object(others + [Value.Entry(parameter.name, end)])))
            }
        }
    }

    /// What work that was asked for is done by: it ends by itself.
    static func execution() -> Execution {
        Execution(
            threads: 2, cancellation: Cancellation(deadline: .now + .milliseconds(200), within: Cancellation()))
    }

    /// What is wrong with how `body` ends; `nil` where it gives an answer, a reason, or is cancelled.
    static func failure(_ end: Case, _ body: () throws -> Void) -> String? {
        do {
            try body()
        } catch is OutlierError {
        } catch is CancellationError {
        } catch {
            return "\(end.words): threw \(error), which is no OutlierError"
        }
        return nil
    }

    private static func ends(of kind: ParameterDescription.Kind) -> [Value] {
        switch kind {
        case .integer(let range):
            [
                range.lower.map { Int($0) + (range.excludesLower ? 1 : 0) } ?? Int.min,
                range.upper.map { Int($0) - (range.excludesUpper ? 1 : 0) } ?? Int.max,
            ].map(Value.integer)
        case .number(let range):
            [
                range.lower.map { range.excludesLower ? $0.nextUp : $0 } ?? -Double.greatestFiniteMagnitude,
                range.upper.map { range.excludesUpper ? $0.nextDown : $0 } ?? Double.greatestFiniteMagnitude,
            ].map(Value.number)
        case .optional(let kind, _), .orWord(let kind, _): ends(of: kind)
        default: []
        }
    }
}
