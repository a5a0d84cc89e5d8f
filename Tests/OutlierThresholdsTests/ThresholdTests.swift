import Foundation
import OutlierCore
import OutlierTesting
import OutlierThresholds
import Testing

@Suite struct ThresholdTests {
    @Test func numbersAtTheEndsOfTheirRanges() throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(ThresholdsPlugin.self)
        for name in registry.names(of: .threshold) {
            let failures = ThresholdConformance.check(try registry.threshold(name), registry: registry)
            #expect(failures.isEmpty, "\(name): \(failures)")
        }
    }

    @Test func agreeWithPyThresh() throws {
        for fixture in try DecisionFixture().cases {
            let scores = fixture.numbers("scores")
            let aucp = try #require(try AreaUnderCurvePercentage().fit(scores: scores).cutoff)
            #expect(abs(aucp - (try #require(fixture["aucp"]?.double))) < 1e-9)
            let karcher = try #require(try KarcherMean().fit(scores: scores).cutoff)
            #expect(abs(karcher - (try #require(fixture["karcher"]?.double))) < 1e-9)
        }
    }

    @Test func densityOfManyScoresIsThatOfFew() throws {
        // The same 4,000 scores once and twice: on one side every kernel, on the other a grid.
        var random = RandomSource(seed: 5)
        let scores = (0..<4000).map { _ in -log(1 - random.uniform()) }
        for threshold in [AreaUnderCurvePercentage() as any Threshold, KarcherMean()] {
            let few = try #require(try cutoff(threshold, scores))
            let many = try #require(try cutoff(threshold, scores + scores))
            #expect(abs(few - many) < 0.15, "\(few) against \(many)")
        }
    }

    private func cutoff(_ threshold: some Threshold, _ scores: [Double]) throws -> Double? {
        try threshold.fit(scores: scores).cutoff
    }

    /// A distribution: how to draw from it, and the share above a value.
    struct Distribution: Sendable {
        var name: String
        var draw: @Sendable (inout RandomSource) -> Double
        var above: @Sendable (Double) -> Double
    }

    static func distributions() -> [Distribution] {
        var all: [Distribution] = []
        func add(
            _ name: String, _ draw: @escaping @Sendable (inout RandomSource) -> Double,
            above: @escaping @Sendable (Double) -> Double
        ) {
            all.append(Distribution(name: name, draw: draw, above: above))
        }
        add("normal") {
            $0.normal()
        } above: {
            normalTail($0)
        }
        add("exponential") {
            -log(1 - $0.uniform())
        } above: {
            exp(-$0)
        }
        add("uniform") {
            $0.uniform()
        } above: {
            min(1, max(0, 1 - $0))
        }
        add("log-normal") {
            exp($0.normal())
        } above: {
            normalTail(log($0))
        }
        add("Pareto, 3") {
            pow(1 - $0.uniform(), -1 / 3.0)
        } above: {
            pow($0, -3)
        }
        add("Cauchy, half") {
            abs(tan(Double.pi * ($0.uniform() - 0.5)))
        } above: {
            1 - 2 * atan($0) / Double.pi
        }
        add("Gumbel") {
            -log(-log(max(1e-300, $0.uniform())))
        } above: {
            1 - exp(-exp(-$0))
        }
        add("Weibull, 1.5") {
            pow(-log(1 - $0.uniform()), 1 / 1.5)
        } above: {
            exp(-pow($0, 1.5))
        }
        add("logistic") {
            logit(max(1e-300, $0.uniform()))
        } above: {
            1 / (1 + exp($0))
        }
        add("triangular") {
            $0.uniform() + $0.uniform()
        } above: {
            triangle($0)
        }
        return all
    }

    static func normalTail(_ value: Double) -> Double { erfc(value / 2.0.squareRoot()) / 2 }

    static func logit(_ share: Double) -> Double { log(share / (1 - share)) }

    static func triangle(_ value: Double) -> Double {
        if value < 1 { return 1 - value * value / 2 }
        let rest = max(0, 2 - value)
        return rest * rest / 2
    }

    @Test(arguments: [0.01, 0.001, 0.0002]) func peaksOverThresholdKeepTheRisk(risk: Double) throws {
        for (index, distribution) in Self.distributions().enumerated() {
            // The risk is a mean over samples: a single sample of 20,000 rows has but four beyond the least of these risks.
            var rates: [Double] = []
            for seed in 0..<8 {
                var random = RandomSource(seed: UInt64(seed), stream: UInt64(index))
                let scores = (0..<20_000).map { _ in distribution.draw(&random) }
                rates.append(
                    distribution.above(try #require(try PeaksOverThreshold(risk: risk).fit(scores: scores).cutoff)))
            }
            let ratio = rates.reduce(0, +) / Double(rates.count) / risk
            if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
                print(
                    "pot | \(distribution.name) | \(risk) | \(ratio) | \(rates.min()! / risk) | \(rates.max()! / risk)")
            }
            #expect(ratio > 0.5 && ratio < 2, "\(distribution.name): \(ratio) times the risk of \(risk)")
        }
    }

    @Test func paretoExcessesGiveTheirShapeBack() throws {
        for shape in [-0.3, 0.0, 0.25, 0.8] {
            var random = RandomSource(seed: 4)
            let scores = (0..<100_000).map { _ in
                let u: Double = 1 - random.uniform()
                return shape == 0 ? -log(u) * 2 : 2 / shape * (pow(u, -shape) - 1)
            }
            let cutoff = try #require(try PeaksOverThreshold(risk: 0.0001, tail: 0.5).fit(scores: scores).cutoff)
            let truth: Double = shape == 0 ? -log(0.0001) * 2 : 2 / shape * (pow(0.0001, -shape) - 1)
            #expect(abs(cutoff / truth - 1) < 0.15, "shape \(shape): \(cutoff) for \(truth)")
        }
    }

    @Test func hostileScores() throws {
        let all: [any Threshold] = [PeaksOverThreshold(), AreaUnderCurvePercentage(), KarcherMean(), IQRThreshold()]
        let sets: [[Double]] = [
            [Double](repeating: 3, count: 50), [1], (0..<30).map { _ in .infinity }, [1, 2, .infinity, -.infinity],
            (0..<40).map { (Double($0) - 17) * 1e307 }, (0..<40).map { $0 == 39 ? .infinity : Double($0) },
            (0..<40).map { $0 < 38 ? 0 : 2000 * Double.leastNonzeroMagnitude },
        ]
        for threshold in all {
            for scores in sets {
                do {
                    let fitted = try fit(threshold, scores)
                    let cutoff = try #require(fitted.cutoff)
                    #expect(!cutoff.isNaN, "\(threshold.recipe.name) of \(scores.prefix(3))")
                    if Set(scores).count == 1 { #expect(fitted.decisions(for: scores).anomalies.isEmpty) }
                    #expect(fitted.decisions(for: [.nan]).values == [.undecided])
                } catch let error as OutlierError {
                    #expect(error.code == .notEnoughRows, "\(error)")
                }
            }
        }
    }

    private func fit(_ threshold: some Threshold, _ scores: [Double]) throws -> any FittedThreshold {
        try threshold.fit(scores: scores)
    }
}
