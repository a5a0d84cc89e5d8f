import Foundation

/// Scores mapped to 0...1 and the density of them, estimated with Gaussian kernels of Scott's width on an even grid.
struct ScoreDensity {
    let least: Double
    let range: Double
    let mean: Double
    let median: Double
    /// The population's.
    let deviation: Double
    private let values: [Double]

    /// - Returns: `nil` where the scores are all the same, or none is finite.
    init?(_ scores: [Double]) {
        let finite = scores.filter(\.isFinite)
        guard let least = finite.min(), let greatest = finite.max(), greatest > least,
            (greatest - least).isFinite
        else { return nil }
        let range = greatest - least
        values = finite.map { ($0 - least) / range }
        self.least = least
        self.range = range
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        let sorted = values.sorted()
        median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    var count: Int { values.count }

    /// A place of 0...1 in units of the scores.
    func score(at place: Double) -> Double { least + place * range }

    /// The density at `size` even places from 0 to 1.
    func density(size: Int) -> [Double] {
        let count = Double(values.count)
        // Scott's factor and the sample's standard deviation, as SciPy's `gaussian_kde` has it.
        let width = deviation * (count / max(1, count - 1)).squareRoot() * pow(count, -0.2)
        let scale = 1 / (count * width * (2 * Double.pi).squareRoot())
        let step = 1 / Double(size - 1)
        if values.count <= 5000 {
            return (0..<size).map { place in
                let x = Double(place) * step
                return values.reduce(0) { $0 + exp(-0.5 * (x - $1) * (x - $1) / (width * width)) } * scale
            }
        }
        // Many scores are shared out to the two places beside them, so that a kernel is computed once for each distance.
        var weights = [Double](repeating: 0, count: size)
        for value in values {
            let position = value / step
            let lower = min(Int(position), size - 2)
            weights[lower] += 1 - (position - Double(lower))
            weights[lower + 1] += position - Double(lower)
        }
        let kernel = (0..<size).map { exp(-0.5 * pow(Double($0) * step / width, 2)) }
        return (0..<size).map { place in
            var sum = 0.0
            for other in 0..<size { sum += weights[other] * kernel[abs(place - other)] }
            return sum * scale
        }
    }
}
