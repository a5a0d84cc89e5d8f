import OutlierCore

/// The table seen along the two directions in which it varies most: principal components of standardized columns, by
/// subspace iteration on a sample of the rows.
struct PlaneMap {
    struct Dot {
        var row: Int
        var x: Double
        var y: Double
    }

    let dots: [Dot]
    /// The parts of the variance that the two directions have.
    let shares: (Double, Double)

    /// - Parameters:
    ///   - rows: the rows of `data` to show.
    ///   - numbers: the numbers of these rows, a row of numbers each.
    /// - Returns: `nil` where nothing varies.
    init?(rows: [Int], numbers: Matrix) {
        let count = numbers.rowCount
        let width = numbers.columnCount
        guard count > 1, width > 0 else { return nil }
        var values = numbers.values
        var varying = 0
        for column in 0..<width {
            // In units of the largest value: squares of values of 1e308 are no numbers any more.
            var unit = 0.0
            for row in 0..<count where values[row * width + column].isFinite {
                unit = max(unit, abs(values[row * width + column]))
            }
            var mean = 0.0
            var present = 0.0
            for row in 0..<count where values[row * width + column].isFinite && unit > 0 {
                present += 1
                mean += (values[row * width + column] / unit - mean) / present
            }
            var variance = 0.0
            for row in 0..<count where values[row * width + column].isFinite && unit > 0 {
                let difference = values[row * width + column] / unit - mean
                variance += difference * difference / max(1, present)
            }
            let scale = variance > 0 ? 1 / variance.squareRoot() : 0
            if scale > 0 { varying += 1 }
            for row in 0..<count {
                let value = values[row * width + column]
                // What is missing is as usual as can be; a far value is drawn at the edge, not a mile off.
                let scaled =
                    value.isNaN || unit == 0
                    ? 0 : value.isInfinite ? value : (value / unit - mean) * (scale.isFinite ? scale : 0)
                values[row * width + column] = scaled.isNaN ? 0 : min(max(scaled, -12), 12)
            }
        }
        guard varying > 0 else { return nil }
        var axes = [[Double]](repeating: [Double](repeating: 0, count: width), count: 2)
        var random = RandomSource(seed: 17)
        for axis in 0..<2 { for column in 0..<width { axes[axis][column] = random.normal() } }
        var projected = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
        var lengths = (0.0, 0.0)
        for _ in 0..<24 {
            Self.orthonormalize(&axes)
            for axis in 0..<2 {
                for row in 0..<count {
                    var sum = 0.0
                    for column in 0..<width { sum += values[row * width + column] * axes[axis][column] }
                    projected[axis][row] = sum
                }
            }
            var next = [[Double]](repeating: [Double](repeating: 0, count: width), count: 2)
            for axis in 0..<2 {
                for row in 0..<count {
                    let weight = projected[axis][row]
                    for column in 0..<width { next[axis][column] += weight * values[row * width + column] }
                }
            }
            lengths = (
                projected[0].reduce(0) { $0 + $1 * $1 }, projected[1].reduce(0) { $0 + $1 * $1 }
            )
            axes = next
        }
        let total = max(values.reduce(0) { $0 + $1 * $1 }, 1e-300)
        shares = (lengths.0 / total, lengths.1 / total)
        dots = rows.indices.map { Dot(row: rows[$0], x: projected[0][$0], y: projected[1][$0]) }
    }

    private static func orthonormalize(_ axes: inout [[Double]]) {
        func length(_ axis: [Double]) -> Double { axis.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let first = length(axes[0])
        axes[0] = axes[0].map { first > 0 ? $0 / first : 0 }
        let overlap = zip(axes[0], axes[1]).reduce(0) { $0 + $1.0 * $1.1 }
        axes[1] = zip(axes[0], axes[1]).map { $1 - overlap * $0 }
        let second = length(axes[1])
        axes[1] = axes[1].map { second > 1e-12 ? $0 / second : 0 }
    }

    func figure(decisions: [Decision]?, truth: Truth?, total: Int) -> String {
        let frame = ChartFrame(x: Self.range(dots.map(\.x)), y: Self.range(dots.map(\.y)))
        var calm = ""
        var alarms = ""
        var rings = ""
        for dot in dots {
            let x = HTML.coordinate(frame.horizontal(dot.x))
            let y = HTML.coordinate(frame.vertical(dot.y))
            if decisions?[dot.row].isAnomaly ?? false {
                alarms += "M\(x) \(y)m0-5l4.6 8h-9.2z"
            } else {
                calm += "M\(x) \(y)m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0"
            }
            if truth?[dot.row] == true { rings += "M\(x) \(y)m-7 0a7 7 0 1 0 14 0a7 7 0 1 0-14 0" }
        }
        var key =
            "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><circle class=\"calm\" cx=\"6\" cy=\"6\" r=\"3\"/></svg>normal</li>"
        if decisions != nil {
            key +=
                "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><path class=\"alarm\" d=\"M6 1l5 9h-10z\"/></svg>alarm</li>"
        }
        if truth != nil {
            key +=
                "<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><circle class=\"true\" cx=\"6\" cy=\"6\" r=\"5\"/></svg>true anomaly</li>"
        }
        let count = dots.count { decisions?[$0.row].isAnomaly ?? false }
        let sample =
            dots.count < total
            ? "\(HTML.count(dots.count)) of \(HTML.count(total)) rows" : "all \(HTML.count(total)) rows"
        return frame.figure(
            id: "map", title: "Map of the table",
            description:
                "\(sample) along the first two principal components, which hold \(ValueText.percent(shares.0)) and \(ValueText.percent(shares.1)) of the variance; \(count) of them are alarms.",
            xLabel: "first component (\(ValueText.percent(shares.0)) of the variance)",
            yLabel: "second component (\(ValueText.percent(shares.1)))", xTicks: [], yTicks: [],
            body:
                "<path class=\"calm\" opacity=\".55\" d=\"\(calm)\"/><path class=\"true\" d=\"\(rings)\"/><path class=\"alarm\" d=\"\(alarms)\"/>",
            after: "<ul class=\"key\">\(key)</ul>")
    }

    /// The range of finite numbers; 0 to 1 where there are none.
    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else { return 0...1 }
        let margin = max(high * 0.04 - low * 0.04, 1e-9)
        let lower = low - margin
        let upper = high + margin
        guard lower.isFinite, upper.isFinite, lower < upper else { return 0...1 }
        return lower...upper
    }
}
