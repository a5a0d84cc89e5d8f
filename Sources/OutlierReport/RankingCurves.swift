import Foundation
import OutlierCore

/// How well the scores tell labelled anomalies from normal rows, over all cutoffs.
struct RankingCurves {
    struct Point {
        var found: Double
        var falseAlarms: Double
        var precision: Double
    }

    /// From the highest cutoff down, thinned to what can be seen.
    private(set) var points: [Point] = []
    let anomalies: Int
    let normals: Int
    /// Where the decisions that were taken lie.
    private(set) var decision: Point?

    /// - Returns: `nil` where one class is missing.
    init?(_ scores: Scores, truth: Truth, decisions: [Decision]?) {
        // Numbers sort faster than pairs: each class on its own, then merged.
        var high: [Double] = []
        var low: [Double] = []
        for (row, score) in scores.enumerated() where !score.isNaN {
            switch truth[row] {
            case true?: high.append(score)
            case false?: low.append(score)
            case nil: continue
            }
        }
        guard !high.isEmpty, !low.isEmpty else { return nil }
        high.sort(by: >)
        low.sort(by: >)
        anomalies = high.count
        normals = low.count
        var found = 0
        var wrong = 0
        var last = Point(found: 0, falseAlarms: 0, precision: 1)
        points = [last]
        while found < high.count || wrong < low.count {
            let score = max(found < high.count ? high[found] : -.infinity, wrong < low.count ? low[wrong] : -.infinity)
            while found < high.count, high[found] == score { found += 1 }
            while wrong < low.count, low[wrong] == score { wrong += 1 }
            let point = Self.point(found, wrong, high.count, low.count)
            let isLast = found == high.count && wrong == low.count
            if isLast || abs(point.found - last.found) + abs(point.falseAlarms - last.falseAlarms) > 0.004
                || abs(point.precision - last.precision) > 0.02
            {
                points.append(point)
                last = point
            }
        }
        if let decisions {
            var found = 0
            var wrong = 0
            for row in decisions.indices where decisions[row].isAnomaly {
                switch truth[row] {
                case true?: found += 1
                case false?: wrong += 1
                case nil: continue
                }
            }
            if found + wrong > 0 { decision = Self.point(found, wrong, high.count, low.count) }
        }
    }

    /// The areas under the two curves, as the metrics compute them.
    static func areas(_ scores: Scores, truth: Truth) throws -> (roc: String, precision: String) {
        let evaluation = try Evaluation(scores: scores, truth: truth)
        func text(_ metric: some Metric) throws -> String {
            String(format: "%.3f", try metric.number(of: evaluation))
        }
        return (try text(ROCAUC()), try text(AveragePrecision()))
    }

    private static func point(_ found: Int, _ wrong: Int, _ anomalies: Int, _ normals: Int) -> Point {
        Point(
            found: Double(found) / Double(anomalies), falseAlarms: Double(wrong) / Double(normals),
            precision: Double(found) / Double(max(1, found + wrong)))
    }

    private static let shares: [(Double, String)] = [
        (0, "0"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %"),
    ]

    func receiverOperatingCharacteristic(area: String) -> String {
        let frame = ChartFrame(x: 0...1, y: 0...1)
        let line = points.map { (frame.horizontal($0.falseAlarms), frame.vertical($0.found)) }
        var body =
            "<path class=\"chance\" d=\"M\(HTML.coordinate(ChartFrame.left)) \(HTML.coordinate(ChartFrame.bottom))L\(HTML.coordinate(ChartFrame.right)) \(HTML.coordinate(ChartFrame.top))\"/>"
        body += curve(line)
        if let decision { body += dot(frame.horizontal(decision.falseAlarms), frame.vertical(decision.found)) }
        return frame.figure(
            id: "roc", title: "ROC curve, area \(area)",
            description:
                "Share of the anomalies found against the share of normal rows called anomalies; the area under the curve is \(area).",
            xLabel: "normal rows called anomalies", yLabel: "anomalies found", xTicks: Self.shares, yTicks: Self.shares,
            body: body)
    }

    func precisionRecall(area: String) -> String {
        let frame = ChartFrame(x: 0...1, y: 0...1)
        let base = Double(anomalies) / Double(anomalies + normals)
        let line = points.dropFirst().map { (frame.horizontal($0.found), frame.vertical($0.precision)) }
        var body =
            "<path class=\"chance\" d=\"M\(HTML.coordinate(ChartFrame.left)) \(HTML.coordinate(frame.vertical(base)))H\(HTML.coordinate(ChartFrame.right))\"/>"
        body += curve(Array(line))
        if let decision { body += dot(frame.horizontal(decision.found), frame.vertical(decision.precision)) }
        return frame.figure(
            id: "pr", title: "Precision and recall, area \(area)",
            description:
                "Precision against the share of the anomalies found; the average precision is \(area), that of chance \(ValueText.number(base, digits: 3)).",
            xLabel: "anomalies found", yLabel: "alarms that are right", xTicks: Self.shares, yTicks: Self.shares,
            body: body)
    }

    private func curve(_ line: [(Double, Double)]) -> String {
        guard let first = line.first, let last = line.last else { return "" }
        let path = line.map { "\(HTML.coordinate($0.0)) \(HTML.coordinate($0.1))" }.joined(separator: "L")
        let bottom = HTML.coordinate(ChartFrame.bottom)
        return
            "<path class=\"area\" d=\"M\(path)L\(HTML.coordinate(last.0)) \(bottom)L\(HTML.coordinate(first.0)) \(bottom)Z\"/><path class=\"curve\" d=\"M\(path)\"/>"
    }

    private func dot(_ x: Double, _ y: Double) -> String {
        "<circle class=\"dot\" cx=\"\(HTML.coordinate(x))\" cy=\"\(HTML.coordinate(y))\" r=\"5\"/>"
    }
}
