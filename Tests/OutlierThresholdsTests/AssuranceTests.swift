import OutlierCore
import Testing

@Suite struct AssuranceTests {
    @Test func agreesWithPyODAndScikitLearn() throws {
        let cases = try DecisionFixture().cases
        try #require(cases.count == 3)
        for fixture in cases {
            let scores = fixture.numbers("scores")
            let new = fixture.numbers("new")
            let labels = fixture.numbers("labels").map { $0 == 1 ? Label.anomaly : .normal }
            let threshold = QuantileThreshold(contamination: try #require(fixture["contamination"]?.double))
            let cutoff = try threshold.fit(scores: scores)
            func decide(_ assurance: Assurance) throws -> Decisions {
                let fitted = try assurance.fit(
                    scores: scores, labels: labels, decisions: cutoff.decisions(for: scores),
                    contamination: threshold.contaminationAskedFor)
                var decisions = cutoff.decisions(for: new)
                fitted.complete(&decisions, scores: new)
                return decisions
            }
            let sure = try decide(Assurance(probability: .unification, confidence: true, rejectionExponent: 32))
            #expect(greatestDifference(try #require(sure.confidences), fixture.numbers("confidence")) < 1e-10)
            #expect(greatestDifference(try #require(sure.probabilities), fixture.numbers("unification")) < 1e-12)
            let rejected = try #require(sure.rejections).map { $0 ? 1.0 : 0 }
            // A confidence within rounding of the border may fall on either side.
            let differing = zip(rejected, fixture.numbers("rejected")).count { $0 != $1 }
            #expect(differing == 0, "\(differing) of \(rejected.count) rejections differ")
            let isotonic = try decide(Assurance(probability: .isotonic))
            #expect(greatestDifference(try #require(isotonic.probabilities), fixture.numbers("isotonic")) < 1e-12)
        }
    }

    /// Thirty rows share the cutoff, which calls none of them an anomaly. A fit on other rows does so unless at most 19 of its
    /// 200 rows score 1, which the binomial distribution says how often happens.
    @Test func tiesAtTheCutoffAreAsSureAsFitsOnOtherRows() throws {
        func confidences(_ scores: [Double], contamination: Double) throws -> (
            decisions: Decisions, confidences: [Double]
        ) {
            let threshold = QuantileThreshold(contamination: contamination)
            let cutoff = try threshold.fit(scores: scores)
            var decisions = cutoff.decisions(for: scores)
            let fitted = try Assurance(confidence: true).fit(
                scores: scores, decisions: decisions, contamination: threshold.contaminationAskedFor)
            fitted.complete(&decisions, scores: scores)
            return (decisions, try #require(decisions.confidences))
        }
        let scores = [Double](repeating: 0, count: 170) + [Double](repeating: 1, count: 30)
        // By 20,000 samples with replacement: how often the quantile lies below 1.
        var random = RandomSource(seed: 5)
        let rounds = 20_000
        var alarms = 0
        for _ in 0..<rounds {
            let resampled = (0..<200).map { _ in scores[random.index(below: 200)] }
            let cutoff = try QuantileThreshold(contamination: 0.1).fit(scores: resampled)
            alarms += cutoff.decisions(for: [1]).anomalyCount ?? 0
        }
        let bootstrap = 1 - Double(alarms) / Double(rounds)
        let (decisions, sure) = try confidences(scores, contamination: 0.1)
        #expect(decisions.anomalyCount == 0)
        #expect(abs(sure[199] - bootstrap) < 0.01, "\(sure[199]), by bootstrap \(bootstrap)")
        #expect(sure[0] > 0.999)
        let constant = try confidences([Double](repeating: 3, count: 50), contamination: 0.1)
        #expect(constant.confidences.allSatisfy { $0 > 0.999 })
    }

    @Test func saysWhatItLacks() throws {
        #expect(throws: OutlierError.self) { try Assurance(confidence: true).fit(scores: [1, 2, 3]) }
        #expect(throws: OutlierError.self) { try Assurance(probability: .isotonic).fit(scores: [1, 2, 3]) }
        #expect(throws: OutlierError.self) {
            try Assurance(probability: .isotonic).fit(scores: [1, 2], labels: [.anomaly, .anomaly])
        }
        #expect(throws: OutlierError.self) { try Assurance(probability: .unification).fit(scores: []) }
    }

    static let hostile: [[Double]] = [[1], [2, 2, 2, 2], [1, .infinity, -.infinity], [-1e308, 1e308, 0]]

    @Test(arguments: hostile)
    func staysWithinBounds(scores: [Double]) throws {
        let taken = Cutoff(1.5).decisions(for: scores)
        let fitted = try Assurance(probability: .unification, confidence: true, rejectionExponent: 2)
            .fit(scores: scores, decisions: taken)
        var decisions = Decisions([.anomaly, .normal, .normal, .anomaly])
        fitted.complete(&decisions, scores: [.infinity, -.infinity, .nan, 1e308])
        for values in [decisions.probabilities, decisions.confidences] {
            let values = try #require(values)
            #expect(values[2].isNaN)
            for index in [0, 1, 3] { #expect((0...1).contains(values[index]), "\(values)") }
        }
    }

    /// SciPy's gamma distribution with the mean and variance of the scores.
    @Test func gammaScaling() throws {
        let scores = [0.4, 1.1, 0.7, 2.5, 3.2, 0.9, 1.6, 5, 1.2, 0.8]
        func probabilities(_ scores: [Double], of new: [Double]) throws -> [Double] {
            let fitted = try Assurance(probability: .gammaUnification).fit(scores: scores)
            var decisions = Decisions()
            fitted.complete(&decisions, scores: new)
            return try #require(decisions.probabilities)
        }
        func check(_ own: [Double], _ expected: [Double]) {
            for (one, other) in zip(own, expected) { #expect(abs(one - other) < 1e-12) }
        }
        check(
            try probabilities(scores, of: [0.5, 1.74, 2, 3, 5, 9]),
            [0, 0, 0.16956500955269943, 0.6097923620977523, 0.9228648611854782, 0.9975116389824479])
        // Scores below 0 count from the least on.
        check(
            try probabilities(scores.map { $0 - 2 }, of: [-1.5, 0.5, 3]),
            [0, 0.4279483699039171, 0.9078953560752613])
        let odd = try probabilities(scores, of: [.infinity, -.infinity, .nan])
        #expect(odd[0] == 1 && odd[1] == 0 && odd[2].isNaN)
        #expect(try probabilities([3, 3, 3], of: [3, 4]) == [0, 1])
        // Hardly any spread: like a normal distribution.
        let narrow = try probabilities([1e6, 1e6 + 1, 1e6 + 2], of: [1e6 + 1, 1e6 + 3])
        #expect(narrow[0] == 0 && narrow[1] > 0.9 && narrow[1] < 1)
    }
}
