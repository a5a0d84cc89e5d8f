import Foundation
import OutlierCore

/// Puts the parts of a page together.
struct ReportPage {
    let html: String

    init(_ report: Report, execution: Execution) throws {
        let top = report.scores.top(report.explainedRowCount).map(\.index)
        let explained = try Self.explain(report, top, execution)
        let title = report.title.isEmpty ? "Anomalies in \(report.source)" : report.title
        let sections = ReportSections(
            report: report, scored: report.scores.scoredRows.count,
            alarms: report.decisions.anomalyCount)
        var parts = [sections.header(title), try Self.charts(report, top, scored: sections.scored, execution)]
        // A truth that knows no row says nothing.
        if let truth = report.measuring, truth.knownCount > 0 {
            parts.append(sections.quality())
            if let curves = try Self.curves(report, truth) { parts.append(curves) }
        }
        if !explained.isEmpty {
            parts.append(Self.section("The most anomalous rows", sections.rows(explained), long: true))
        }
        parts.append(Self.section("Columns", sections.columns(explained), long: true))
        if !report.scores.exclusions.isEmpty {
            parts.append(Self.section("Rows that were not scored", sections.exclusions()))
        }
        parts.append(
            Self.pair([
                Self.section("Pipeline", sections.pipeline()),
                Self.section("How to make it again", sections.reproduction()),
            ]))
        html = Self.document(title, body: parts.joined(separator: "\n"))
    }

    /// How the scores are spread, and the map of the table.
    private static func charts(
        _ report: Report, _ top: [Int], scored: Int, _ execution: Execution
    ) throws -> String {
        var charts: [String] = []
        if let histogram = ScoreHistogram(
            report.scores, truth: report.truth, cutoff: report.model.threshold?.cutoff)
        {
            charts.append(
                section(
                    "How the scores are spread",
                    "<p class=\"soft\">The higher a score, the more anomalous the row.</p>" + histogram.figure()))
        }
        if let map = try map(report, top, execution) {
            charts.append(
                section(
                    "Map of the table",
                    "<p class=\"soft\">Rows that lie close together are alike.</p>"
                        + map.figure(decisions: report.decisions.values, truth: report.truth, total: scored)))
        }
        return pair(charts)
    }

    /// - Returns: `nil` where one class is missing.
    private static func curves(_ report: Report, _ truth: Truth) throws -> String? {
        guard let curves = RankingCurves(report.scores, truth: truth, decisions: report.decisions.values) else {
            return nil
        }
        let areas = try RankingCurves.areas(report.scores, truth: truth)
        let dot = curves.decision == nil ? "" : " The dot marks the decisions that were taken."
        return pair([
            section(
                "Anomalies found and false alarms",
                "<p class=\"soft\">ROC curve; area \(areas.roc), where chance has 0.5.\(dot)</p>"
                    + curves.receiverOperatingCharacteristic(area: areas.roc)),
            section(
                "Anomalies found and precision",
                "<p class=\"soft\">Average precision \(areas.precision); the dashed line is chance.\(dot)</p>"
                    + curves.precisionRecall(area: areas.precision)),
        ])
    }

    private static func document(_ title: String, body: String) -> String {
        """
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

    private static func section(_ heading: String, _ content: String, long: Bool = false) -> String {
        "<section\(long ? " class=\"long\"" : "")><h2>\(heading)</h2>\(content)</section>"
    }

    private static func pair(_ sections: [String]) -> String {
        sections.count < 2 ? sections.joined() : "<div class=\"pair\">\(sections.joined())</div>"
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
