import Foundation
import OutlierCore

/// How the scores are spread, and where the cutoff lies.
struct ScoreHistogram {
    static let binCount = 48

    let range: ClosedRange<Double>
    let counts: [Int]
    /// The labelled anomalies of each bin; `nil` without labels.
    let anomalies: [Int]?
    let cutoff: Double?

    /// - Returns: `nil` where no score is finite.
    init?(_ scores: Scores, truth: Truth?, cutoff: Double?) {
        var least = Double.infinity
        var greatest = -Double.infinity
        for score in scores where score.isFinite {
            least = min(least, score)
            greatest = max(greatest, score)
        }
        guard least <= greatest else { return nil }
        range = least...greatest
        self.cutoff = cutoff.flatMap { $0.isFinite ? $0 : nil }
        var counts = [Int](repeating: 0, count: Self.binCount)
        var anomalies = counts
        let scale = Double(Self.binCount) / (greatest / 2 - least / 2) / 2
        for (row, score) in scores.enumerated() where !score.isNaN {
            let place = greatest > least ? (score / 2 - least / 2) * 2 * scale : 0
            let bin =
                place.isFinite
                ? CheckedNumbers.whole(place, in: 0...Self.binCount - 1) : score > 0 ? Self.binCount - 1 : 0
            counts[bin] += 1
            if let truth, truth[row] == true { anomalies[bin] += 1 }
        }
        self.counts = counts
        self.anomalies = truth == nil ? nil : anomalies
    }

    func figure() -> String {
        // Counts on a scale of powers of ten: anomalies are few, and on an even scale they would not be seen.
        let most = Double(counts.max() ?? 1)
        func height(_ count: Int) -> Double { count == 0 ? 0 : log10(Double(count)) + 0.3 }
        let frame = ChartFrame(x: range, y: 0...max(0.6, log10(max(most, 1)) + 0.35))
        let step = (ChartFrame.right - ChartFrame.left) / Double(Self.binCount)
        var body = ""
        for (bin, count) in counts.enumerated() where count > 0 {
            let left = ChartFrame.left + Double(bin) * step
            let middle =
                range.lowerBound + (Double(bin) + 0.5) / Double(Self.binCount) * (range.upperBound - range.lowerBound)
            body += bar(left, step, frame.vertical(height(count)), (cutoff ?? .infinity) < middle ? "alarm" : "calm")
            if let found = anomalies?[bin], found > 0 {
                body += bar(left + step * 0.3, step * 0.4, frame.vertical(height(found)), "bar-true")
            }
        }
        if let cutoff, range.contains(cutoff) {
            let x = frame.horizontal(cutoff)
            let anchor = x > 300 ? "end" : "start"
            body += """
                <path class="cut" d="M\(HTML.coordinate(x)) \(HTML.coordinate(ChartFrame.top))V\(HTML.coordinate(ChartFrame.bottom))"/>\
                <text class="cut-label" x="\(HTML.coordinate(x + (x > 300 ? -6 : 6)))" y="\(HTML.coordinate(ChartFrame.top + 12))" text-anchor="\(anchor)">\
                threshold \(HTML.escape(ValueText.number(cutoff, digits: 4)))</text>
                """
        }
        let powers = (0...Int(max(0, log10(max(most, 1)).rounded(.down)))).filter { most < 10_000 || $0 % 2 == 0 }
        let labelled = anomalies.map { ", of which \(HTML.count($0.reduce(0, +))) are labelled anomalies" } ?? ""
        var key =
            "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"calm\" width=\"12\" height=\"12\" rx=\"2\"/></svg>normal</li>"
        if cutoff != nil {
            key +=
                "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"alarm\" width=\"12\" height=\"12\" rx=\"2\"/></svg>above the threshold</li>"
        }
        if anomalies != nil {
            key +=
                "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"bar-true\" x=\"3.5\" width=\"5\" height=\"12\" rx=\"1\"/></svg>labelled anomalies</li>"
        }
        return frame.figure(
            id: "scores", title: "Distribution of the scores",
            description:
                "\(HTML.count(counts.reduce(0, +))) scores from \(ValueText.number(range.lowerBound)) to \(ValueText.number(range.upperBound))\(labelled)\(cutoff.map { "; the threshold lies at \(ValueText.number($0))" } ?? "").",
            xLabel: "score", yLabel: "rows (powers of ten)", xTicks: ChartFrame.ticks(range),
            yTicks: powers.map { (Double($0) + 0.3, HTML.count(Int(pow(10, Double($0))))) }, body: body,
            after: "<ul class=\"key\">\(key)</ul>")
    }

    private func bar(_ x: Double, _ width: Double, _ y: Double, _ kind: String) -> String {
        let gap = width > 4 ? 0.8 : 0
        return
            "<rect class=\"\(kind)\" x=\"\(HTML.coordinate(x + gap / 2))\" y=\"\(HTML.coordinate(y))\" width=\"\(HTML.coordinate(width - gap))\" height=\"\(HTML.coordinate(ChartFrame.bottom - y))\"/>"
    }
}
