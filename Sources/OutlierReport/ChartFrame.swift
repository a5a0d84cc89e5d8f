import OutlierCore

/// The frame of a chart: 480 × 300 units, with room for the axes' numbers.
struct ChartFrame {
    static let width = 480.0
    static let height = 300.0
    static let left = 46.0
    static let right = 470.0
    static let top = 28.0
    static let bottom = 256.0

    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    func horizontal(_ value: Double) -> Double { Self.left + share(value, x) * (Self.right - Self.left) }
    func vertical(_ value: Double) -> Double { Self.bottom - share(value, y) * (Self.bottom - Self.top) }

    private func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
        // Halves, so that the difference of huge numbers is a number.
        let length = range.upperBound / 2 - range.lowerBound / 2
        return length > 0 ? min(max((value / 2 - range.lowerBound / 2) / length, 0), 1) : 0.5
    }

    /// The chart as a figure. `title` and `description` say in words what it shows; `caption` is escaped already.
    func figure(
        id: String, title: String, description: String, xLabel: String, yLabel: String,
        xTicks: [(Double, String)], yTicks: [(Double, String)], body: String, after: String = ""
    ) -> String {
        func n(_ value: Double) -> String { HTML.coordinate(value) }
        var svg = """
            <figure><svg viewBox="0 0 480 300" role="img" aria-labelledby="\(id)-t \(id)-d">\
            <title id="\(id)-t">\(HTML.escape(title))</title><desc id="\(id)-d">\(HTML.escape(description))</desc>
            """
        for (value, label) in yTicks {
            let y = vertical(value)
            svg += """
                <path class="grid" d="M\(n(Self.left)) \(n(y))H\(n(Self.right))"/>\
                <text x="\(n(Self.left - 6))" y="\(n(y + 4))" text-anchor="end">\(HTML.escape(label))</text>
                """
        }
        for (index, (value, label)) in xTicks.enumerated() {
            let anchor = index == 0 ? "start" : index == xTicks.count - 1 ? "end" : "middle"
            svg += """
                <text x="\(n(horizontal(value)))" y="\(n(Self.bottom + 18))" text-anchor="\(anchor)">\
                \(HTML.escape(label))</text>
                """
        }
        svg += body
        svg += """
            <path class="axis" d="M\(n(Self.left)) \(n(Self.bottom))H\(n(Self.right))"/>\
            <text x="\(n((Self.left + Self.right) / 2))" y="\(n(Self.bottom + 38))" text-anchor="middle">\
            \(HTML.escape(xLabel))</text>\
            <text x="0" y="\(n(Self.top - 16))" text-anchor="start">\(HTML.escape(yLabel))</text></svg>\(after)</figure>
            """
        return svg
    }

    /// About `count` round numbers in `range`.
    static func ticks(_ range: ClosedRange<Double>, count: Int = 4) -> [(Double, String)] {
        let length = range.upperBound - range.lowerBound
        guard length > 0, length.isFinite else {
            return [(range.lowerBound, ValueText.number(range.lowerBound, digits: 3))]
        }
        let rough = length / Double(count)
        var power = 1.0
        while power > rough && power > 1e-300 { power /= 10 }
        while power * 10 <= rough && power < 1e300 { power *= 10 }
        let step = [1.0, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
        var result: [(Double, String)] = []
        var index = (range.lowerBound / step).rounded(.up)
        while index * step <= range.upperBound + step * 1e-9, result.count < 20 {
            let value = index * step
            result.append((value, ValueText.number(abs(value) < step * 1e-9 ? 0 : value, digits: 4)))
            index += 1
        }
        return result
    }
}
