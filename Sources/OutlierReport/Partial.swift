import Foundation
import OutlierCore

/// The sections of a page that are words and tables.
struct Partial {
    let report: Report
    let scored: Int
    let alarms: Int?

    private static let columnLimit = 100
    private static let reasonLimit = 5

    func header(_ title: String) -> String {
        let known = report.truth?.anomalyCount
        var lead = "<p class=\"lead\">"
        if let alarms {
            lead +=
                "<b>\(HTML.count(alarms))</b> of \(HTML.count(scored)) rows \(alarms == 1 ? "is" : "are") called \(alarms == 1 ? "an anomaly" : "anomalies")"
            if let truth = report.truth, let known, known > 0 {
                let found = report.decisions.anomalies.count { truth[$0] == true }
                lead +=
                    "; \(found == known ? "all" : HTML.count(found)) of the \(HTML.count(known)) true ones are among them"
            }
            lead += "."
        } else {
            lead +=
                "\(HTML.count(scored)) rows were scored; the pipeline has no threshold, so none is called an anomaly."
        }
        lead += "</p>"
        for note in report.notes {
            let sentence = note.prefix(1).uppercased() + note.dropFirst()
            lead += "<p class=\"soft\">\(HTML.text(sentence, limit: 300))</p>"
        }
        var tiles: [(String, String, String)] = [
            ("Rows", HTML.count(report.scores.count), "\(HTML.count(report.data.columnCount)) columns")
        ]
        if let alarms {
            tiles.append(
                (
                    "Alarms", HTML.count(alarms),
                    ValueText.percent(Double(alarms) / Double(max(1, scored))) + " of the rows"
                ))
        }
        if let cutoff = report.model.threshold?.cutoff {
            tiles.append(
                ("Threshold", HTML.escape(ValueText.number(cutoff, digits: 4)), "score above which a row is an alarm"))
        }
        if let rejected = report.decisions.rejections {
            tiles.append(("Unsure", HTML.count(rejected.count { $0 }), "decisions better left to a person"))
        }
        if let known {
            tiles.append(
                (
                    "True anomalies", HTML.count(known),
                    ValueText.percent(Double(known) / Double(max(1, report.scores.count))) + " of the rows"
                ))
        }
        if scored < report.scores.count {
            tiles.append(("Not scored", HTML.count(report.scores.count - scored), "rows that could not be used"))
        }
        let list = tiles.map {
            "<div class=\"tile\"><dt>\($0.0)</dt><dd>\($0.1)<small>\(HTML.escape($0.2))</small></dd></div>"
        }
        return
            "<header><h1>\(HTML.text(title, limit: 120))</h1>\(lead)<dl class=\"tiles\">\(list.joined())</dl></header>"
    }

    /// The areas under the two curves, as the metrics compute them.
    func areas(_ truth: Truth) throws -> (roc: String, precision: String) {
        let rows = report.scores.indices.filter { !report.scores[$0].isNaN && truth[$0] != nil }
        let all = rows.count == report.scores.count
        let evaluation = try Evaluation(
            scores: all ? report.scores : rows.map { report.scores[$0] }, truth: rows.map { truth[$0] == true })
        func text(_ metric: some Metric) throws -> String {
            String(format: "%.3f", try metric.value(of: evaluation).number ?? .nan)
        }
        return (try text(ROCAUC()), try text(AveragePrecision()))
    }

    /// Metrics and the table of decisions against truth.
    func quality() -> String {
        var sections: [String] = []
        if let decisions = report.decisions.values, let truth = report.truth {
            var counts = (hits: 0, misses: 0, wrong: 0, right: 0)
            for (decision, truth) in zip(decisions, truth) {
                switch (decision, truth) {
                case (.anomaly, true?): counts.hits += 1
                case (.normal, true?): counts.misses += 1
                case (.anomaly, false?): counts.wrong += 1
                case (.normal, false?): counts.right += 1
                case (.undecided, _), (_, nil): continue
                }
            }
            sections.append(
                """
                <section><h2>Decisions against the truth</h2><div class="scroll" tabindex="0"><table class="confusion"><thead><tr><td></td>\
                <th scope="col" class="n">called an anomaly</th><th scope="col" class="n">called normal</th></tr></thead><tbody>\
                <tr><th scope="row">anomaly</th><td class="hit">\(HTML.count(counts.hits))<small>found</small></td>\
                <td class="miss">\(HTML.count(counts.misses))<small>missed</small></td></tr>\
                <tr><th scope="row">normal</th><td class="miss">\(HTML.count(counts.wrong))<small>false alarms</small></td>\
                <td class="hit">\(HTML.count(counts.right))<small>rightly passed</small></td></tr></tbody></table></div></section>
                """)
        }
        var lines = ""
        for measure in report.measures {
            switch measure.value {
            case .number(let value):
                let text =
                    value == value.rounded() && abs(value) >= 2
                    ? ValueText.number(value) : String(format: "%.3f", value)
                lines += "<tr><th scope=\"row\">\(HTML.text(measure.name))</th><td class=\"n\">\(text)</td></tr>"
            case .table(let entries) where measure.name != ConfusionMatrix.name:
                for entry in entries {
                    lines +=
                        "<tr><th scope=\"row\">\(HTML.text(entry.name))</th><td class=\"n\">\(HTML.escape(ValueText.number(entry.value)))</td></tr>"
                }
            case .table: break
            case nil:
                lines +=
                    "<tr><th scope=\"row\">\(HTML.text(measure.name))</th><td>\(HTML.text(measure.reason ?? "undefined", limit: 200))</td></tr>"
            }
        }
        if !lines.isEmpty {
            sections.append(
                "<section><h2>Metrics</h2><div class=\"scroll\" tabindex=\"0\"><table><tbody>\(lines)</tbody></table></div></section>"
            )
        }
        return sections.count < 2 ? sections.joined() : "<div class=\"pair\">\(sections.joined())</div>"
    }

    /// The highest rows, each with what makes it anomalous.
    func rows(_ explained: [RowExplanation]) -> String {
        let method =
            explained.first?.method == .shapley
            ? "Shapley values of the score, estimated by sampling" : "the detector’s own terms"
        var text =
            "<p class=\"soft\">The columns that make each row anomalous, with its value and the usual ones. The shares are of all that speaks for an anomaly (\(method)); the longest bar is the largest of them.</p><ol class=\"rows\">"
        let decisions = report.decisions
        // Of many columns each may have a small share: bars as long as the shares would all be dots.
        let largest = explained.compactMap { $0.features.first?.share }.max() ?? 1
        for explanation in explained {
            let row = explanation.row
            var who =
                "<b>\(HTML.text(report.name(of: row)))</b><span>score \(HTML.escape(ValueText.number(explanation.score, digits: 4)))</span>"
            if let probability = decisions.probabilities?[row] {
                who += "<span>probability \(HTML.escape(ValueText.percent(probability)))</span>"
            }
            if let value = decisions.pValues?[row] {
                who += "<span>p-value \(HTML.escape(ValueText.number(value, digits: 2)))</span>"
            }
            if let confidence = decisions.confidences?[row] {
                who += "<span>confidence \(HTML.escape(ValueText.percent(confidence)))</span>"
            }
            if let decision = decisions.values?[row] {
                who +=
                    decision.isAnomaly ? "<span class=\"flag hot\">alarm</span>" : "<span class=\"flag\">normal</span>"
            }
            if let truth = report.truth?[row] ?? nil {
                who +=
                    truth
                    ? "<span class=\"flag known\">truth: anomaly</span>"
                    : "<span class=\"flag\">truth: normal</span>"
            }
            if decisions.rejections?[row] ?? false { who += "<span class=\"flag\">unsure</span>" }
            let notable = explanation.features.filter { $0.share >= 0.02 }
            let reasons = notable.prefix(Self.reasonLimit)
            var why = ""
            for feature in reasons {
                let share = Int((feature.share * 100).rounded())
                let length = Int((feature.share / max(largest, 0.02) * 100).rounded())
                why += """
                    <li><span class="fact">\(HTML.text(feature.column.name, limit: 60)) = <b>\(HTML.text(feature.valueText, limit: 60))</b> \
                    <em>usually \(HTML.text(feature.usualText, limit: 90))</em></span>\
                    <span class="meter"><i><b style="width:\(length)%"></b></i>\(share) %</span></li>
                    """
            }
            if notable.count > reasons.count {
                why +=
                    "<li><span class=\"fact soft\">and \(notable.count - reasons.count) more with at least 2 %</span></li>"
            }
            if why.isEmpty { why = "<li><span class=\"fact soft\">No column stands out.</span></li>" }
            text += "<li><div class=\"who\">\(who)</div><ul class=\"why\">\(why)</ul></li>"
        }
        return text + "</ol>"
    }

    /// What the columns hold, and how much each has to do with the highest rows.
    func columns(_ explained: [RowExplanation]) -> String {
        let model = report.model
        guard let profile = model.profile else {
            return "<p class=\"soft\">The model does not know what its columns hold.</p>"
        }
        var weights: [String: Double] = [:]
        for explanation in explained {
            for feature in explanation.features {
                weights[feature.column.name, default: 0] += feature.share / Double(explained.count)
            }
        }
        var order = Array(model.columns.indices)
        if order.count > Self.columnLimit {
            order.sort { (weights[model.columns[$1].name] ?? 0, $0) < (weights[model.columns[$0].name] ?? 0, $1) }
            order = Array(order.prefix(Self.columnLimit))
        }
        var text = "<p class=\"soft\">What the training rows held"
        if order.count < model.columns.count {
            text += "; the \(order.count) columns of \(HTML.count(model.columns.count)) that explain most"
        }
        text += ". “Share” is the column’s mean part in the explanations above.</p>"
        text +=
            "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">column</th><th scope=\"col\">kind</th><th scope=\"col\" class=\"n\">missing</th><th scope=\"col\" class=\"n\">least</th><th scope=\"col\" class=\"n\">median</th><th scope=\"col\" class=\"n\">greatest</th><th scope=\"col\">usual</th><th scope=\"col\" class=\"n\">share</th></tr></thead><tbody>"
        for index in order {
            let column = model.columns[index]
            let values = profile.quantiles(of: index)
            let usual = profile.usual(index, of: column)
            let isNumber = column.kind == .number || column.kind == .date
            func cell(_ position: Int) -> String {
                isNumber ? HTML.escape(ValueText.text(values[position], of: column, digits: 4)) : "–"
            }
            let share = weights[column.name].map { HTML.escape(ValueText.percent($0)) } ?? "–"
            text += """
                <tr><th scope="row">\(HTML.text(column.name, limit: 60))</th><td>\(column.kind.name)</td>\
                <td class="n">\(HTML.escape(ValueText.percent(profile.missingShares[index])))</td><td class="n">\(cell(0))</td>\
                <td class="n">\(cell(3))</td><td class="n">\(cell(6))</td><td>\(HTML.text(ValueText.text(usual, of: column), limit: 120))</td>\
                <td class="n">\(share)</td></tr>
                """
        }
        return text + "</tbody></table></div>"
    }

    func exclusions() -> String {
        var counts: [String: Int] = [:]
        for reason in report.exclusions.values { counts[reason, default: 0] += 1 }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let lines = order.prefix(20).map {
            "<tr><th scope=\"row\">\(HTML.text($0.key, limit: 200))</th><td class=\"n\">\(HTML.count($0.value))</td></tr>"
        }
        return
            "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th scope=\"col\">reason</th><th scope=\"col\" class=\"n\">rows</th></tr></thead><tbody>\(lines.joined())</tbody></table></div>"
    }

    func pipeline() -> String {
        let parameters = report.model.recipe.parameters
        var steps: [(String, Value)] = (parameters["preprocess"]?.array ?? []).map { ("", $0) }
        if let detector = parameters["detector"] { steps.append(("", detector)) }
        if let threshold = parameters["threshold"], threshold != .null { steps.append(("", threshold)) }
        let lines = steps.map { _, value -> String in
            guard let recipe = try? Recipe(value) else {
                return "<li><code>\(HTML.text(value.json(), limit: 400))</code></li>"
            }
            let settings = (recipe.parameters.entries ?? []).map { "\($0.key): \($0.value.json())" }.joined(
                separator: ", ")
            let shown = settings.isEmpty ? "" : "<br><span class=\"soft\">\(HTML.text(settings, limit: 400))</span>"
            return "<li><b>\(HTML.text(recipe.name))</b>\(shown)</li>"
        }
        return "<ol class=\"steps\">\(lines.joined())</ol>"
    }

    func reproduction() -> String {
        var facts: [(String, String)] = [("Seed", String(report.model.seed))]
        facts += report.versions.map { ($0.name, $0.version) }
        let list = facts.map { "<dt>\(HTML.text($0.0))</dt><dd>\(HTML.text($0.1, limit: 200))</dd>" }
        let commands =
            report.commands.isEmpty
            ? "" : "<pre><code>\(report.commands.map { HTML.escape($0) }.joined(separator: "\n"))</code></pre>"
        return
            "<p class=\"soft\">The same table, configuration and seed give the same scores on any number of threads.</p><dl class=\"facts\">\(list.joined())</dl>\(commands)"
    }
}
