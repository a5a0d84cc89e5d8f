import Foundation
import OutlierCore

extension ReportSections {
    /// Metrics and the table of decisions against truth.
    func quality() -> String {
        var sections: [String] = []
        if let decisions = report.decisions.values, let truth = report.measuring {
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
}
