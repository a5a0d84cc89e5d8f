internal import OutlierCore

/// A number of elements as a manifest writes it: `2 * columns`, `columns * (columns + 1)`, `rows - 1`.
///
/// Known are `rows`, `columns` and the whole-number parameters of the component.
struct SizeExpression: Sendable, Hashable {
    /// More than any state or workspace needs; a bound for what a slip of the pen would allocate.
    static let maximum = 1 << 32

    /// More characters than any expression has: its terms are a tree as deep as it has operators.
    static let longest = 1_000

    private indirect enum Term: Sendable, Hashable {
        case number(Int)
        case name(String)
        case sum(Term, Term)
        case difference(Term, Term)
        case product(Term, Term)
    }

    let text: String
    /// The names that occur in it.
    let names: Set<String>
    private let term: Term

    /// - Throws: ``OutlierError/Code/invalidPlugin`` where the text is no expression or names what is not in `known`.
    init(_ text: String, known: [String]) throws {
        guard text.utf8.count <= SizeExpression.longest else {
            throw OutlierError(
                .invalidPlugin,
                "“\(text.prefix(40))…” is no number of elements: it has more than \(SizeExpression.longest) characters",
                suggestion: "Write for instance “2 * columns”.")
        }
        self.text = text
        var parser = Parser(text: text, rest: Array(text.unicodeScalars)[...], known: known)
        term = try parser.sum()
        names = parser.names
        if let next = parser.next() { throw parser.failure("“\(next)” was not expected") }
    }

    /// - Throws: ``OutlierError/Code/invalidPlugin`` where the result is negative or too large.
    func value(_ values: [String: Int]) throws -> Int {
        guard let value = SizeExpression.value(term, values), (0...SizeExpression.maximum).contains(value) else {
            throw OutlierError(.invalidPlugin, "“\(text)” is negative or too large a number of elements here")
        }
        return value
    }

    private static func value(_ term: Term, _ values: [String: Int]) -> Int? {
        func both(_ a: Term, _ b: Term, _ operation: (Int) -> (Int) -> (partialValue: Int, overflow: Bool)) -> Int? {
            guard let a = value(a, values), let b = value(b, values) else { return nil }
            let (result, overflow) = operation(a)(b)
            return overflow ? nil : result
        }
        switch term {
        case .number(let number): return number
        case .name(let name): return values[name]
        case .sum(let a, let b): return both(a, b, Int.addingReportingOverflow)
        case .difference(let a, let b): return both(a, b, Int.subtractingReportingOverflow)
        case .product(let a, let b): return both(a, b, Int.multipliedReportingOverflow)
        }
    }

    private struct Parser {
        let text: String
        var rest: ArraySlice<UnicodeScalar>
        let known: [String]
        var names: Set<String> = []
        var depth = 0

        func failure(_ message: String) -> OutlierError {
            OutlierError(
                .invalidPlugin, "“\(text)” is no number of elements: \(message)",
                suggestion: "Write for instance “2 * columns”; known are \(known.joined(separator: ", ")).")
        }

        mutating func next() -> UnicodeScalar? {
            while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
            return rest.first
        }

        mutating func take(_ scalar: UnicodeScalar) -> Bool {
            guard next() == scalar else { return false }
            rest.removeFirst()
            return true
        }

        mutating func sum() throws -> Term {
            depth += 1
            defer { depth -= 1 }
            guard depth < 50 else { throw failure("it is nested too deeply") }
            var result = try product()
            while true {
                if take("+") {
                    result = .sum(result, try product())
                } else if take("-") {
                    result = .difference(result, try product())
                } else {
                    return result
                }
            }
        }

        private mutating func product() throws -> Term {
            var result = try factor()
            while take("*") { result = .product(result, try factor()) }
            return result
        }

        private mutating func factor() throws -> Term {
            if take("(") {
                let inner = try sum()
                guard take(")") else { throw failure("a “)” is missing") }
                return inner
            }
            guard let first = next() else { throw failure("it breaks off") }
            var word = ""
            if ("0"..."9").contains(first) {
                while let digit = rest.first, ("0"..."9").contains(digit) {
                    word.unicodeScalars.append(digit)
                    rest.removeFirst()
                }
                guard let number = Int(word) else { throw failure("\(word) is too large") }
                return .number(number)
            }
            // A hyphen belongs to a name where a letter follows it at once.
            while let scalar = rest.first {
                let isHyphen = scalar == "-" && !word.isEmpty && rest.dropFirst().first?.properties.isAlphabetic == true
                guard scalar.properties.isAlphabetic || isHyphen || (!word.isEmpty && ("0"..."9").contains(scalar))
                else { break }
                word.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
            guard !word.isEmpty else { throw failure("“\(first)” was not expected") }
            guard known.contains(word) else {
                var error = failure("there is no “\(word)”")
                error.suggestion = Suggestion.didYouMean(word, among: known) ?? error.suggestion
                throw error
            }
            names.insert(word)
            return .name(word)
        }
    }
}
