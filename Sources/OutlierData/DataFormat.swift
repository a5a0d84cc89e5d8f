/// A format that tables are kept in.
public enum DataFormat: String, Sendable, Hashable, CaseIterable {
    /// Delimited text; the delimiter is guessed unless it is given.
    case csv
    /// Delimited text with tabs.
    case tsv
    /// A JSON object a line.
    case jsonLines = "json-lines"
    /// One array of NumPy.
    case npy
    /// Several arrays of NumPy in a zip archive.
    case npz
    /// A SQLite database.
    case sqlite

    /// The format that a file's extension stands for; `.gz` and `.zst` behind it do not count.
    public init?(path: String) {
        var name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        for suffix in [".gz", ".zst"] where name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        switch name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last {
        case "csv": self = .csv
        case "tsv", "tab": self = .tsv
        case "jsonl", "ndjson": self = .jsonLines
        case "npy": self = .npy
        case "npz": self = .npz
        case "sqlite", "sqlite3", "db": self = .sqlite
        default: return nil
        }
    }

    /// The format that a file begins like; delimited text where it is like no other.
    init(firstBytes bytes: [UInt8]) {
        if bytes.starts(with: Array("SQLite format 3\0".utf8)) {
            self = .sqlite
        } else if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
            self = .npy
        } else if bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            self = .npz
        } else if ForeignFormat.firstText(bytes) == UInt8(ascii: "{") {
            self = .jsonLines
        } else {
            self = .csv
        }
    }
}
