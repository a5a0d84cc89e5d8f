internal import CYaml
internal import OutlierCore

/// Looks through YAML before it is read: how many parts it has once every alias is what it stands for, and how deeply it is
/// nested. A few lines can stand for more parts than any memory holds (“billion laughs”), and the reader of the parts calls
/// itself for each level.
enum AliasBound {
    /// - Throws: ``OutlierError/Code/malformedFile``. What is no YAML is left to the reader, which says why.
    static func check(_ text: String, file: String?) throws {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { return }
        defer { yaml_parser_delete(&parser) }
        var text = text
        try text.withUTF8 { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            var counter = Counter(file: file)
            while try counter.next(&parser) {}
        }
    }

    private struct Counter {
        let file: String?
        /// The number of parts of what is open, the outermost first, and its anchor.
        private var open: [(anchor: String?, count: Int)] = [(nil, 0)]
        private var sizes: [String: Int] = [:]

        init(file: String?) { self.file = file }

        /// - Returns: whether there may be more.
        mutating func next(_ parser: inout yaml_parser_t) throws -> Bool {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else { return false }
            defer { yaml_event_delete(&event) }
            let line = Int(event.start_mark.line) + 1
            switch event.type {
            case YAML_STREAM_END_EVENT: return false
            case YAML_SCALAR_EVENT: try close((Self.text(event.data.scalar.anchor), 1), line)
            case YAML_ALIAS_EVENT:
                try close((nil, Self.text(event.data.alias.anchor).flatMap { sizes[$0] } ?? 1), line)
            case YAML_SEQUENCE_START_EVENT:
                open.append((Self.text(event.data.sequence_start.anchor), 1))
            case YAML_MAPPING_START_EVENT:
                open.append((Self.text(event.data.mapping_start.anchor), 1))
            case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
                if let last = open.popLast() { try close(last, line) }
            default: break
            }
            guard open.count <= LocatedValue.maximumDepth + 1 else { throw failure(line) }
            return true
        }

        /// Adds a part that is complete to what it stands in.
        private mutating func close(_ part: (anchor: String?, count: Int), _ line: Int) throws {
            if let anchor = part.anchor { sizes[anchor] = part.count }
            guard let last = open.indices.last else { return }
            open[last].count += part.count
            guard open[last].count <= LocatedValue.maximumNodes else { throw failure(line) }
        }

        private func failure(_ line: Int) -> OutlierError {
            OutlierError(
                .malformedFile, "the file is too large or nested too deeply",
                location: OutlierError.Location(file: file, line: line))
        }

        private static func text(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
            anchor.map { String(cString: $0) }
        }
    }
}
