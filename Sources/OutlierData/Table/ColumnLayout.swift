import CTextParsing
import OutlierCore

/// The columns of a source, in its order, and what each is for.
struct ColumnLayout: Sendable {
    enum Role: Sendable, Hashable {
        /// A column of the data set. `nil` where its kind is to be recognised.
        case feature(ReadOptions.ColumnKind?)
        case label
        case knownLabel
        case identifier
        case ignored
    }

    let names: [String]
    let roles: [Role]
    /// What is left out that nobody said to ignore.
    let notes: [String]

    var features: [Int] { roles.indices.filter { if case .feature = roles[$0] { true } else { false } } }
    var label: Int? { roles.firstIndex(of: .label) }
    var knownLabel: Int? { roles.firstIndex(of: .knownLabel) }
    var identifier: Int? { roles.firstIndex(of: .identifier) }

    /// - Throws: ``OutlierError/Code/malformedFile`` where two columns share a name,
    ///   ``OutlierError/Code/columnMismatch`` where an option names a column that is not there,
    ///   ``OutlierError/Code/invalidConfiguration`` where a column is to be two things at once.
    init(names: [String], options: ReadOptions, file: String, line: Int? = nil) throws {
        var positions: [String: Int] = [:]
        for (index, name) in names.enumerated() {
            if let first = positions.updateValue(index, forKey: name) {
                throw OutlierError(
                    .malformedFile, "the columns \(first + 1) and \(index + 1) are both called “\(name)”",
                    suggestion: "Rename one of them.", location: .init(file: file, line: line))
            }
        }
        var roles = [Role](repeating: .feature(nil), count: names.count)
        var takenFor: [Int: String] = [:]

        func position(_ name: String, _ purpose: String) throws -> Int {
            guard let position = positions[name] else {
                throw OutlierError(
                    .columnMismatch, "there is no column “\(name)”, which is to be \(purpose)",
                    suggestion: Suggestion.didYouMean(name, among: names) ?? ColumnLayout.unsplit(names)
                        ?? ColumnLayout.list(names),
                    location: .init(file: file, line: line))
            }
            if let other = takenFor.updateValue(purpose, forKey: position), other != purpose {
                throw OutlierError(
                    .invalidConfiguration, "the column “\(name)” cannot be \(other) and \(purpose) at once")
            }
            return position
        }

        func isLeftOut(_ name: String) -> Bool { options.toleratesAbsentColumns && positions[name] == nil }

        var unread: [String] = []
        if let only = options.only.map(Set.init) {
            for index in names.indices where !only.contains(names[index]) {
                roles[index] = .ignored
                unread.append(names[index])
            }
        }
        for name in options.ignore where !isLeftOut(name) { roles[try position(name, "ignored")] = .ignored }
        if let name = options.label, !isLeftOut(name) { roles[try position(name, "the label")] = .label }
        if let name = options.knownLabels, name != options.label, !isLeftOut(name) {
            roles[try position(name, "what is known of the rows")] = .knownLabel
        }
        if let name = options.identifier, options.requiresIdentifier || !isLeftOut(name) {
            roles[try position(name, "the identifier")] = .identifier
        }
        for column in options.expecting {
            if let index = positions[column.name], case .feature = roles[index] {
                roles[index] = .feature(ReadOptions.ColumnKind(column.kind))
            }
        }
        for (name, kind) in options.columnKinds.sorted(by: { $0.key < $1.key })
        where !isLeftOut(name) {
            let index = try position(name, "a column of \(kind.plural)")
            roles[index] = .feature(kind)
        }
        self.names = names
        self.roles = roles
        let others = Set([options.label, options.knownLabels, options.identifier].compactMap { $0 } + options.ignore)
        unread.removeAll(where: others.contains)
        notes = unread.isEmpty ? [] : ["not read, as the model does not know them: \(ColumnLayout.shown(unread))"]
        if features.isEmpty {
            throw OutlierError(
                .emptyData, "no column is left for the data",
                suggestion: "Besides labels, identifier and what “ignore” names, there must be a column to learn from.",
                location: .init(file: file, line: line))
        }
    }

    /// How the parser is to read each column.
    ///
    /// - Parameter asWords: columns whose words are to be kept even where they look like numbers or dates.
    func modes(asWords: Set<String>) -> [UInt8] {
        roles.indices.map { index in
            let mode =
                switch roles[index] {
                case .feature(.category), .label, .knownLabel: TEXT_COLUMN_WORDS
                case .feature where asWords.contains(names[index]): TEXT_COLUMN_WORDS
                case .feature(.date): TEXT_COLUMN_AUTOMATIC_DATES
                case .feature: TEXT_COLUMN_AUTOMATIC
                case .identifier: TEXT_COLUMN_IDENTIFIER
                case .ignored: TEXT_COLUMN_SKIPPED
                }
            return UInt8(mode)
        }
    }

    /// How the chunks after the first are to be read: what is already known to hold words need not be tried as
    /// numbers.
    func modes(_ modes: [UInt8], after first: Chunk?) -> [UInt8] {
        guard let first, first.columnCount >= modes.count else { return modes }
        return modes.indices.map { ColumnLayout.mode(modes[$0], of: $0, after: first) }
    }

    static func mode(_ mode: UInt8, of column: Int, after first: Chunk) -> UInt8 {
        guard mode == UInt8(TEXT_COLUMN_AUTOMATIC) else { return mode }
        return switch first.holding(column) {
        case .words: UInt8(TEXT_COLUMN_WORDS)
        case .dates: UInt8(TEXT_COLUMN_AUTOMATIC_DATES)
        default: mode
        }
    }

    /// What to do where the header was taken for one name.
    static func unsplit(_ names: [String]) -> String? {
        guard names.count == 1, let name = names.first,
            let delimiter = [",", ";", "|", "\t"].first(where: { name.contains($0) })
        else { return nil }
        return "The only column is called “\(name.prefix(60))”. Declare what stands between two fields: "
            + "data: {delimiter: \(delimiter == "\t" ? "tab" : "\"\(delimiter)\"")}."
    }

    private static func list(_ names: [String]) -> String { "There are \(shown(names))." }

    private static func shown(_ names: [String]) -> String {
        let shown = names.prefix(12).map { "“\($0)”" }.joined(separator: ", ")
        return "\(shown)\(names.count > 12 ? " and \(names.count - 12) more" : "")"
    }
}

extension ReadOptions.ColumnKind {
    init(_ kind: Column.Kind) {
        switch kind {
        case .number: self = .number
        case .boolean: self = .boolean
        case .date: self = .date
        case .category: self = .category
        }
    }

    var plural: String {
        switch self {
        case .number: "numbers"
        case .boolean: "booleans"
        case .date: "dates"
        case .category: "words"
        }
    }
}
