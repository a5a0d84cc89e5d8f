import Outlier

/// Writes a value as YAML that people can read on: mappings and lists in blocks, what is short and flat on one line.
enum YAMLText {
    static func text(of value: Value) -> String {
        guard case .object(let entries) = value else { return value.json() + "\n" }
        return entries.map { entry(key(entry: $0.key), $0.value, indentation: 0) }.joined()
    }

    private static let lineLength = 80

    private static func entry(_ key: String, _ value: Value, indentation: Int) -> String {
        let space = String(repeating: " ", count: indentation)
        // JSON on one line is YAML too.
        let flat = value.json()
        if space.count + key.count + 2 + flat.count <= lineLength { return "\(space)\(key): \(flat)\n" }
        switch value {
        case .object(let entries) where !entries.isEmpty:
            return "\(space)\(key):\n"
                + entries.map { entry(self.key(entry: $0.key), $0.value, indentation: indentation + 2) }.joined()
        case .array(let elements) where !elements.isEmpty:
            return "\(space)\(key):\n" + elements.map { "\(space)  - \($0.json())\n" }.joined()
        default: return "\(space)\(key): \(flat)\n"
        }
    }

    /// A key that no reader takes for anything but text.
    private static func key(entry: String) -> String {
        let isPlain =
            entry.first.map { $0.isASCII && $0.isLetter } ?? false
            && entry.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        let words: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        return isPlain && !words.contains(entry.lowercased()) ? entry : Value.string(entry).json()
    }
}
