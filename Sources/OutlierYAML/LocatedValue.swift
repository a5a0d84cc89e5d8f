public import OutlierCore
internal import Yams

/// A YAML file as it was written, a configuration or a manifest: its value, and where in the text each part of it stands.
///
/// YAML 1.2's core schema, of which JSON is a part. Plain `yes`, `no`, `on` and `off` are text, as written.
public struct LocatedValue: Sendable {
    /// More parts than any configuration has: a bound for aliases that multiply (“billion laughs”).
    static let maximumNodes = 100_000
    /// Deeper than any configuration is nested.
    public static let maximumDepth = 100

    public var value: Value
    private var keyLocations: [[String]: OutlierError.Location] = [:]
    private var valueLocations: [[String]: OutlierError.Location] = [:]
    private let file: String?
    private var nodes = 0

    /// - Parameter file: the name to show in errors.
    /// - Throws: ``OutlierError/Code/malformedFile`` with line and column where the text is no YAML.
    public init(yaml text: String, file: String? = nil) throws {
        self.file = file
        value = .null
        try AliasBound.check(text, file: file)
        let root: Node?
        do {
            root = try compose(yaml: text)
        } catch let error as YamlError {
            throw LocatedValue.failure(error, text: text, file: file)
        }
        guard let root else { return }
        value = try convert(root, at: [])
    }

    /// The error with the place in the text to which its path leads.
    public func locating(_ error: OutlierError) -> OutlierError {
        guard error.location == nil else { return error }
        var error = error
        let prefersKey = error.code == .unknownParameter || error.code == .unknownName
        for length in stride(from: error.path.count, through: 0, by: -1) {
            let path = Array(error.path.prefix(length))
            let location = prefersKey ? keyLocations[path] ?? valueLocations[path] : valueLocations[path]
            if let location {
                error.location = location
                break
            }
        }
        if error.location == nil, let file { error.location = OutlierError.Location(file: file) }
        return error
    }

    private mutating func convert(_ node: Node, at path: [String]) throws -> Value {
        let location = node.mark.map { OutlierError.Location(file: file, line: $0.line, column: $0.column) }
        valueLocations[path] = location
        nodes += 1
        guard nodes <= LocatedValue.maximumNodes, path.count <= LocatedValue.maximumDepth else {
            throw OutlierError(
                .malformedFile, "the file is too large or nested too deeply",
                location: location ?? OutlierError.Location(file: file))
        }
        switch node {
        case .scalar(let scalar): return LocatedValue.value(of: scalar)
        case .sequence(let sequence):
            return .array(
                try sequence.enumerated().map { index, element in try convert(element, at: path + [String(index)]) })
        case .mapping(let mapping):
            var entries: [Value.Entry] = []
            for (key, element) in mapping {
                let keyLocation = key.mark.map { OutlierError.Location(file: file, line: $0.line, column: $0.column) }
                guard case .scalar(let scalar) = key else {
                    throw OutlierError(.malformedFile, "a key must be a word", location: keyLocation)
                }
                let name = scalar.string
                keyLocations[path + [name]] = keyLocation
                entries.append(Value.Entry(name, try convert(element, at: path + [name])))
            }
            return .object(entries)
        case .alias:
            throw OutlierError(.malformedFile, "an alias stands for nothing", location: location)
        }
    }

    /// What a scalar means in YAML 1.2's core schema.
    private static func value(of scalar: Node.Scalar) -> Value {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: break
        }
        guard let first = text.utf8.first, (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first) else {
            return .string(text)
        }
        let digits = text.hasPrefix("+") ? String(text.dropFirst()) : text
        if let integer = Int(digits) { return .integer(integer) }
        // Swift also reads hexadecimal fractions and words, which the core schema does not.
        let allowed = digits.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
        if allowed, let number = Double(digits), number.isFinite { return .number(number) }
        return .string(text)
    }

    /// - Parameter line: counted from 1.
    private static func isIndentedWithTab(_ text: String, line: Int) -> Bool {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == " " || $0 == "\t" }.contains("\t")
    }

    private static func failure(_ error: YamlError, text: String, file: String?) -> OutlierError {
        func malformed(_ message: String, _ line: Int? = nil, _ column: Int? = nil) -> OutlierError {
            OutlierError(
                .malformedFile, "not valid YAML: \(message)",
                suggestion: line.map { isIndentedWithTab(text, line: $0) } ?? false
                    ? "Indent with spaces: the line begins with a tab, which YAML does not allow." : nil,
                location: OutlierError.Location(file: file, line: line, column: column))
        }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { " (\($0.text))" } ?? ""
            return malformed(problem + place, mark.line, mark.column)
        case .reader(let problem, _, _, _): return malformed(problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map(String.init(describing:)).joined(separator: ", ")
            return malformed("a key stands twice: \(names)", context.mark.line, context.mark.column)
        default: return malformed("\(error)")
        }
    }
}
