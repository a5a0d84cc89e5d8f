import Foundation
import OutlierCore

/// Puts the parts of a page together.
struct ReportPage {
    let html: String

    private let report: Report
    private let scored: Int
    private let alarms: Int?

    init(_ report: Report, execution: Execution) throws {
        self.report = report
        scored = report.scores.count { !$0.isNaN }
        alarms = report.decisions.anomalyCount
        let top = Self.highest(report.explainedRowCount, report.scores)
        let explained = try Self.explain(report, top, execution)
        let title = report.title.isEmpty ? "Anomalies in \(report.source)" : report.title
        var parts: [String] = []
        var body = ""
        func add(_ heading: String, _ content: String, long: Bool = false) -> String {
            "<section\(long ? " class=\"long\"" : "")><h2>\(heading)</h2>\(content)</section>"
        }
        let page = Partial(report: report, scored: scored, alarms: alarms)
        parts.append(page.header(title))
        var charts: [String] = []
        if let histogram = ScoreHistogram(
            report.scores, truth: report.truth, cutoff: report.model.threshold?.cutoff)
        {
            charts.append(
                add(
                    "How the scores are spread",
                    "<p class=\"soft\">The higher a score, the more anomalous the row.</p>" + histogram.figure()))
        }
        if let map = try Self.map(report, top, execution) {
            charts.append(
                add(
                    "Map of the table",
                    "<p class=\"soft\">Rows that lie close together are alike.</p>"
                        + map.figure(decisions: report.decisions.values, truth: report.truth, total: scored)))
        }
        parts.append(Self.pair(charts))
        // A truth that knows no row says nothing.
        if let truth = report.truth, truth.knownCount > 0 {
            parts.append(page.quality())
            if let curves = RankingCurves(report.scores, truth: truth, decisions: report.decisions.values) {
                let areas = try page.areas(truth)
                let dot = curves.decision == nil ? "" : " The dot marks the decisions that were taken."
                parts.append(
                    Self.pair([
                        add(
                            "Anomalies found and false alarms",
                            "<p class=\"soft\">ROC curve; area \(areas.roc), where chance has 0.5.\(dot)</p>"
                                + curves.receiverOperatingCharacteristic(area: areas.roc)),
                        add(
                            "Anomalies found and precision",
                            "<p class=\"soft\">Average precision \(areas.precision); the dashed line is chance.\(dot)</p>"
                                + curves.precisionRecall(area: areas.precision)),
                    ]))
            }
        }
        if !explained.isEmpty {
            parts.append(add("The most anomalous rows", page.rows(explained), long: true))
        }
        parts.append(add("Columns", page.columns(explained), long: true))
        if !report.exclusions.isEmpty { parts.append(add("Rows that were not scored", page.exclusions())) }
        parts.append(
            Self.pair([add("Pipeline", page.pipeline()), add("How to make it again", page.reproduction())]))
        body = parts.joined(separator: "\n")
        html = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width,initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'">
            <meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
            <title>\(HTML.escape(String(title.prefix(120))))</title>
            <style>\(StyleSheet.text)</style></head>
            <body><main>
            \(body)
            <footer>Made by Outlier. The page holds no script and loads nothing.</footer>
            </main></body></html>

            """
    }

    private static func pair(_ sections: [String]) -> String {
        sections.count < 2 ? sections.joined() : "<div class=\"pair\">\(sections.joined())</div>"
    }

    /// The rows with the highest scores, highest first; equal scores in the order of the rows.
    static func highest(_ count: Int, _ scores: [Double]) -> [Int] {
        guard count > 0 else { return [] }
        var found: [Int] = []
        for row in scores.indices where !scores[row].isNaN {
            if found.count == count, let last = found.last, scores[row] <= scores[last] { continue }
            let place = found.firstIndex { scores[$0] < scores[row] } ?? found.count
            found.insert(row, at: place)
            if found.count > count { found.removeLast() }
        }
        return found
    }

    private static func explain(_ report: Report, _ rows: [Int], _ execution: Execution) throws -> [RowExplanation] {
        guard !rows.isEmpty, report.model.profile != nil else { return [] }
        let explanations: [RowExplanation]
        do {
            explanations = try report.model.explain(report.data.selectingRows(rows).unlabeled, execution: execution)
        } catch let error as OutlierError where error.code == .invalidConfiguration {
            // What cannot be explained can be reported all the same.
            return []
        }
        return explanations.map { explanation in
            var explanation = explanation
            explanation.row = rows[explanation.row]
            explanation.score = report.scores[explanation.row]
            return explanation
        }
    }

    /// A map of at most 1,600 rows: the highest ones, some alarms, and a sample of the others.
    private static func map(_ report: Report, _ top: [Int], _ execution: Execution) throws -> PlaneMap? {
        var random = RandomSource(seed: report.model.seed, stream: 0x4D_4150)
        let decisions = report.decisions.values
        // More rows than are shown are drawn, then sorted out: the table itself may be very long.
        let count = report.data.rowCount
        let drawn = count <= 20_000 ? Array(0..<count) : random.sample(20_000, below: count)
        let usable = drawn.filter { !report.scores[$0].isNaN }
        func sample(_ rows: [Int], _ most: Int) -> [Int] {
            rows.count <= most ? rows : random.sample(most, below: rows.count).map { rows[$0] }
        }
        let limit = max(100, min(1600, 400_000 / max(1, report.model.featureCount)))
        var chosen = Set(top.prefix(limit / 4))
        chosen.formUnion(sample(usable.filter { decisions?[$0].isAnomaly ?? false }, limit / 4))
        chosen.formUnion(sample(usable.filter { !(decisions?[$0].isAnomaly ?? false) }, limit - chosen.count))
        let rows = chosen.sorted()
        guard rows.count > 1 else { return nil }
        let prepared = try report.model.preparedRows(
            of: report.data.selectingRows(rows).unlabeled, execution: execution)
        return PlaneMap(rows: prepared.rows?.map { rows[$0] } ?? rows, numbers: prepared.data.matrix)
    }
}
