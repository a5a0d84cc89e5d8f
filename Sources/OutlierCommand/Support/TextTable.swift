import Foundation

/// A table for people: columns aligned, numbers to the right.
struct TextTable {
    var header: [String]
    var rows: [[String]] = []

    init(_ header: [String]) { self.header = header }

    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let isNumeric = header.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column].isEmpty || $0[column] == "-" || Double($0[column]) != nil }
        }
        return all.map { row in
            let cells = row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return isNumeric[column] ? padding + row[column] : row[column] + padding
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }
}

/// Numbers for people: a few digits that matter.
enum Format {
    static func score(_ value: Double) -> String { String(format: "%.6g", value) }

    static func metric(_ value: Double) -> String { String(format: "%.4f", value) }

    static func count(_ value: Double) -> String { String(format: "%.0f", value) }

    /// “1 row”, “2 rows”.
    static func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }

    static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f", Double(bytes) / 1_048_576) }
}
