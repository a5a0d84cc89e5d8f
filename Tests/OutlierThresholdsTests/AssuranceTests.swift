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
                    scores: scores, labels: labels, alarms: cutoff.labels(for: scores),
                    contamination: threshold.contaminationAskedFor)
                var decisions = Decisions(labels: cutoff.labels(for: new))
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
        let alarms = scores.map { $0 > 1.5 }
        let fitted = try Assurance(probability: .unification, confidence: true, rejectionExponent: 2)
            .fit(scores: scores, alarms: alarms)
        var decisions = Decisions(labels: [true, false, false, true])
        fitted.complete(&decisions, scores: [.infinity, -.infinity, .nan, 1e308])
        for values in [decisions.probabilities, decisions.confidences] {
            let values = try #require(values)
            #expect(values[2].isNaN)
            for index in [0, 1, 3] { #expect((0...1).contains(values[index]), "\(values)") }
        }
    }
}
