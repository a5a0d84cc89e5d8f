import Foundation
import Outlier

/// What a run found, for people and for programs.
struct Summary {
    /// One metric and its value, or the reason why it has none.
    struct Measure {
        var name: String
        var value: MetricValue?
        var reason: String?
        /// Whether it has none for want of decisions.
        var needsDecisions = false

        /// The numbers for people; counts without a fraction.
        var cells: [(name: String, text: String)] {
            switch value {
            case .number(let value): [(name, Format.metric(value))]
            case .table(let entries): entries.map { ($0.name, Format.count($0.value)) }
            case nil: [(name, "nan")]
            }
        }
    }

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

    /// Computes every metric; one that the truth does not define becomes a reason, not a failure.
    static func measures(_ metrics: [any Metric], _ evaluation: Evaluation) throws -> [Measure] {
        try metrics.map { metric in
            let name = metric.recipe.name
            do {
                return Measure(name: name, value: try metric.value(of: evaluation))
            } catch let error as OutlierError where error.code == .undefinedMetric || error.code == .missingDecisions {
                return Measure(name: name, reason: error.message, needsDecisions: error.code == .missingDecisions)
            }
        }
    }

    /// The rows with the highest scores, highest first; equal scores in the order of the rows.
    static func highest(
        _ count: Int, scores: [Double], decisions: [Decision]?, truth: Truth?, identifiers: [String]?
    ) -> [Row] {
        guard count > 0 else { return [] }
        // Rows that were not scored come nowhere.
        let scored = scores.indices.filter { !scores[$0].isNaN }
        func row(_ row: Int) -> Row {
            Row(
                identifier: identifiers?[row] ?? String(row + 1), score: scores[row], decision: decisions?[row],
                truth: truth?[row])
        }
        if count > 256 {
            let order = scored.sorted { (scores[$1], $0) < (scores[$0], $1) }
            return order.prefix(count).map(row)
        }
        // The rows found so far, the highest first: most rows are turned away by one comparison.
        var found: [Int] = []
        for row in scored {
            if found.count == count, let last = found.last, scores[row] <= scores[last] { continue }
            let place = found.firstIndex { scores[$0] < scores[row] } ?? found.count
            found.insert(row, at: place)
            if found.count > count { found.removeLast() }
        }
        return found.map(row)
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
        var entries = [Value.Entry("metrics", metricsJSON)]
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

    /// The metrics alone.
    var metricsJSON: Value {
        .object(numbers.map { Value.Entry($0.name, $0.value.map(Value.number) ?? .null) })
    }

    /// Every number, those of tables under their own names.
    var numbers: [(name: String, value: Double?)] {
        measures.flatMap { measure -> [(name: String, value: Double?)] in
            switch measure.value {
            case .number(let value): [(measure.name, value)]
            case .table(let entries): entries.map { ($0.name, .some($0.value)) }
            case nil: [(measure.name, nil)]
            }
        }
    }
}
