import Foundation
import OutlierCore

extension ReportSections {
    func header(_ title: String) -> String {
        let known = report.truth?.anomalyCount
        var lead = "<p class=\"lead\">"
        if let alarms {
            lead +=
                "<b>\(HTML.count(alarms))</b> of \(HTML.count(scored)) rows \(alarms == 1 ? "is" : "are") called \(alarms == 1 ? "an anomaly" : "anomalies")"
            if let truth = report.measuring, truth.anomalyCount > 0 {
                let known = truth.anomalyCount
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
}
