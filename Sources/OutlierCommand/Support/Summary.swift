import Foundation
import Outlier
import OutlierData
import OutlierWorkflow

/// What a run found, for people and for programs.
struct Summary {
    /// One of the rows with the highest scores.
    struct Row {
        var identifier: String
        var score: Double
        var decision: Decision?
        var truth: Bool?
    }

    var identifierName: String
    var measures: [Measure]
    var rows: [Row]

    /// The rows with the highest scores, highest first; equal scores in the order of the rows.
    static func highest(_ count: Int, scores: Scores, decisions: Decisions, table: Table) -> [Row] {
        scores.top(count).map { row in
            Row(
                identifier: table.name(of: row.index), score: row.score, decision: decisions.values?[row.index],
                truth: table.truth?[row.index])
        }
    }

    var text: String {
        var text = ""
        if !measures.isEmpty {
            var table = TextTable(["metric", "value"])
            table.rows = measures.flatMap(\.cells).map { [$0.name, $0.text] }
            text += table.text
            for measure in measures {
                if let reason = measure.reason { text += "\(measure.name): \(reason)\n" }
            }
            text += "\n"
        }
        guard let first = rows.first else { return text }
        var header = [identifierName, "score"]
        if first.decision != nil { header.append("decision") }
        let showsTruth = rows.contains { $0.truth != nil }
        if showsTruth { header.append("truth") }
        var table = TextTable(header)
        for row in rows {
            var cells = [row.identifier, Format.score(row.score)]
            if let decision = row.decision { cells.append(decision.isAnomaly ? "anomaly" : "normal") }
            if showsTruth { cells.append(row.truth.map { $0 ? "anomaly" : "normal" } ?? "") }
            table.rows.append(cells)
        }
        return text + "the \(rows.count == 1 ? "" : "\(rows.count) ")most anomalous row\(rows.count == 1 ? "" : "s")\n"
            + table.text
    }

    var json: [Value.Entry] {
        var entries = [Value.Entry("metrics", measures.json)]
        let reasons = measures.compactMap { measure in
            measure.reason.map { Value.Entry(measure.name, .string($0)) }
        }
        if !reasons.isEmpty { entries.append(Value.Entry("undefined", .object(reasons))) }
        let rows = rows.map { row in
            var entries = [
                Value.Entry(identifierName, .string(row.identifier)), Value.Entry("score", .number(row.score)),
            ]
            if let decision = row.decision {
                entries.append(Value.Entry("decision", .boolean(decision.isAnomaly)))
            }
            if let truth = row.truth { entries.append(Value.Entry("truth", .boolean(truth))) }
            return Value.object(entries)
        }
        if !rows.isEmpty { entries.append(Value.Entry("mostAnomalous", .array(rows))) }
        return entries
    }
}

extension Measure {
    /// The numbers for people; counts without a fraction.
    var cells: [(name: String, text: String)] {
        switch value {
        case .number(let value): [(name, Format.metric(value))]
        case .table(let entries): entries.map { ($0.name, Format.count($0.value)) }
        case nil: [(name, "nan")]
        }
    }
}
