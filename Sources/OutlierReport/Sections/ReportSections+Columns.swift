import Foundation
import OutlierCore

extension ReportSections {
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
}
