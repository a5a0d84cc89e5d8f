import Foundation
import OutlierCore

/// Why a model is as it is: kept with the model, and told to people.
struct Reasons {
    var profile: TableProfile
    var candidates: [Candidate]
    var story: [String]
    var measureName: String

    var value: Value {
        let titles = Candidate.titles(of: candidates.map(\.recipe))
        return [
            "profile": profile.value,
            "measure": .string(measureName),
            "candidates": .array(
                zip(candidates, titles).map { candidate, title in
                    guard case .object(let entries) = candidate.value(measureName: measureName) else { return .null }
                    return .object([Value.Entry("title", .string(title))] + entries)
                }),
            "story": .array(story.map(Value.string)),
        ]
    }

    /// Lines for people, out of ``value``, which may come from a file: what is not there is left out.
    static func text(of value: Value) -> String {
        var lines: [String] = []
        if let profile = value["profile"] { lines.append(line(of: profile)) }
        lines += (value["story"]?.array ?? []).compactMap(\.string)
        let measure = value["measure"]?.string ?? "measure"
        var rows = [["candidate", "weight", measure, "seconds", "why"]]
        for candidate in value["candidates"]?.array ?? [] {
            func number(_ key: String, _ format: String) -> String {
                candidate[key]?.double.map { String(format: format, $0) } ?? "-"
            }
            rows.append([
                candidate["title"]?.string ?? "", number("weight", "%.3f"), number(measure, "%.3f"),
                number("seconds", "%.2f"), candidate["reason"]?.string ?? "",
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell.padding(toLength: widths[column], withPad: " ", startingAt: 0)
            }
            lines.append(cells.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    /// A share in percent, of which neither a little is called nothing nor almost all is called all.
    static func percent(_ share: Double) -> String {
        let percent = 100 * share
        if percent > 0, percent < 0.5 { return "less than 1 %" }
        if percent > 99.5, percent < 100 { return "more than 99 %" }
        return String(format: "%.0f %%", percent)
    }

    private static func line(of profile: Value) -> String {
        func count(_ key: String) -> Int { profile[key]?.int ?? 0 }
        func percent(_ key: String) -> String { Self.percent(profile[key]?.double ?? 0) }
        let kinds = [
            ("numbers", "of numbers"), ("booleans", "of booleans"), ("dates", "of dates"),
            ("categories", "of categories"),
        ]
        .filter { count($0.0) > 0 }.map { "\(count($0.0)) \($0.1)" }
        return
            "\(count("rows")) rows, \(count("columns")) columns (\(kinds.joined(separator: ", "))); "
            + "\(percent("missing")) of the values missing, \(percent("duplicates")) of the rows repeated, "
            + "\(count("constant")) columns constant, heavy tails in \(percent("heavyTails")) of the columns, "
            + String(format: "clustering %.2f", profile["clustering"]?.double ?? 0.5)
    }
}
