import Foundation
import OutlierCore

extension ReportSections {
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
                let share = CheckedNumbers.whole((feature.share * 100).rounded(), in: 0...100)
                let length = CheckedNumbers.whole((feature.share / max(largest, 0.02) * 100).rounded(), in: 0...100)
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
}
