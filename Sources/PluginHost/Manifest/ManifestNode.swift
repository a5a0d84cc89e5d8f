internal import OutlierCore

/// A part of a manifest and where it stands: every error that it makes leads there.
struct ManifestNode {
    let value: Value
    let path: [String]

    func failure(_ message: String, _ suggestion: String? = nil) -> OutlierError {
        OutlierError(.invalidPlugin, message, suggestion: suggestion, path: path)
    }

    /// - Parameter what: what the mapping describes, with its article, for messages.
    /// - Throws: ``OutlierError`` where it is no mapping or has a key that is not in `keys`.
    func mapping(_ what: String, keys: [String]) throws -> ManifestMapping {
        guard let entries = value.entries else {
            throw failure(
                "\(what) must be a mapping with \(keys.joined(separator: ", ")), but \(value.typeName) was given")
        }
        for entry in entries where !keys.contains(entry.key) {
            throw OutlierError(
                .unknownParameter, "there is no key “\(entry.key)” in \(what)",
                suggestion: Suggestion.didYouMean(entry.key, among: keys)
                    ?? "Known keys: \(keys.joined(separator: ", ")).",
                path: path + [entry.key])
        }
        return ManifestMapping(what: what, node: self)
    }

    /// A mapping whose keys are the author's.
    func named(_ what: String) throws -> [(name: String, node: ManifestNode)] {
        guard let entries = value.entries else {
            throw failure("\(what) must be a mapping of names, but \(value.typeName) was given")
        }
        return entries.map { ($0.key, ManifestNode(value: $0.value, path: path + [$0.key])) }
    }

    func list(_ what: String) throws -> [ManifestNode] {
        guard let values = value.array else {
            throw failure("\(what) must be a list, but \(value.typeName) was given")
        }
        return values.enumerated().map { ManifestNode(value: $1, path: path + [String($0)]) }
    }

    func text(_ what: String) throws -> String {
        guard let text = value.string, !text.isEmpty, !text.utf8.contains(0) else {
            throw failure("\(what) must be text, but \(value.typeName) was given")
        }
        return text
    }

    func integer(_ what: String) throws -> Int {
        guard let integer = value.int else {
            throw failure("\(what) must be a whole number, but \(value.typeName) was given")
        }
        return integer
    }

    func number(_ what: String) throws -> Double {
        guard let number = value.double else {
            throw failure("\(what) must be a number, but \(value.typeName) was given")
        }
        return number
    }

    func boolean(_ what: String) throws -> Bool {
        guard let boolean = value.bool else {
            throw failure("\(what) must be true or false, but \(value.typeName) was given")
        }
        return boolean
    }

    /// One of some words.
    func word(_ what: String, among words: [String]) throws -> String {
        let word = try text(what)
        guard words.contains(word) else {
            throw failure(
                "\(what) cannot be “\(word)”",
                Suggestion.didYouMean(word, among: words) ?? "It can be \(words.joined(separator: ", ")).")
        }
        return word
    }

    /// What `body` makes of this part; an error without a place gets this one.
    func located<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as OutlierError {
            if error.path.isEmpty { error.path = path }
            throw error
        }
    }
}

/// A mapping whose keys are known.
struct ManifestMapping {
    let what: String
    let node: ManifestNode

    subscript(key: String) -> ManifestNode? {
        node.value[key].map { ManifestNode(value: $0, path: node.path + [key]) }
    }

    func required(_ key: String) throws -> ManifestNode {
        guard let child = self[key] else { throw node.failure("\(what) has no “\(key)”") }
        return child
    }

    /// The keys that are there, in their order.
    var keys: [String] { node.value.entries?.map(\.key) ?? [] }
}
