import Foundation
import OutlierCore

extension ReportSections {
    func exclusions() -> String {
        var counts: [String: Int] = [:]
        for reason in report.scores.exclusions.values { counts[reason, default: 0] += 1 }
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
