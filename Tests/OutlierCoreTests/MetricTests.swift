import Foundation
import OutlierCore
import Testing

@Suite struct MetricTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/metrics.json")

    @Test func agreesWithScikitLearn() throws {
        let registry = try Registry.forTests()
        let root = try Value(json: Data(contentsOf: Self.fixture))
        let cases = try #require(root["cases"]?.array)
        #expect(cases.count == 18)
        for entry in cases {
            let evaluation = try Evaluation(
                scores: #require(entry["scores"]?.array).compactMap { $0.double },
                decisions: #require(entry["predictions"]?.array).compactMap { $0.bool },
                truth: #require(entry["truth"]?.array).compactMap { $0.bool })
            for expected in try #require(entry["values"]?.entries) {
                let value = try #require(registry.metric(expected.key).value(of: evaluation).number)
                let reference = try #require(expected.value.double)
                #expect(abs(value - reference) < 1e-12, "\(expected.key)")
            }
            guard case .table(let counts) = try ConfusionMatrix().value(of: evaluation) else {
                Issue.record("a confusion matrix is a table")
                continue
            }
            #expect(counts.map(\.value) == entry["confusion"]?.array?.compactMap { $0.double })
        }
    }

    @Test func precisionAtNCountsTiesInProportion() throws {
        let evaluation = try Evaluation(
            scores: [5, 3, 3, 3, 1], truth: [true, true, false, false, true])
        #expect(try PrecisionAtN(n: 1).value(of: evaluation) == .number(1))
        #expect(try PrecisionAtN(n: 2).value(of: evaluation) == .number((1 + 1.0 / 3) / 2))
        #expect(try PrecisionAtN(n: 4).value(of: evaluation) == .number(0.5))
        #expect(error { _ = try PrecisionAtN(n: 6).value(of: evaluation) }?.code == .undefinedMetric)
    }

    @Test func oneClassIsAnError() throws {
        let evaluation = try Evaluation(scores: [1, 2], truth: [false, false])
        let failure = error { _ = try ROCAUC().value(of: evaluation) }
        #expect(failure?.code == .undefinedMetric)
        #expect(failure?.message.contains("no row is an anomaly") == true)
        #expect(error { _ = try F1().value(of: evaluation) }?.code == .missingDecisions)
    }

    @Test func oneNumberOrATable() throws {
        let evaluation = try Evaluation(scores: [1, 2], decisions: [false, true], truth: [false, true])
        #expect(try F1().number(of: evaluation) == 1 && ROCAUC().number(of: evaluation) == 1)
        #expect(error { _ = try ConfusionMatrix().number(of: evaluation) }?.code == .invalidConfiguration)
        let metrics: [any Metric] = [
            .rocAUC, .averagePrecision, .precisionAtN, .precision(at: 1), .bestF1, .precision, .recall, .f1, .accuracy,
            .balancedAccuracy, .matthewsCorrelation, .confusion, .cost(falseAlarm: 1, miss: 2),
        ]
        #expect(try metrics.allSatisfy { try [1, 0, nil].contains($0.value(of: evaluation).number) })
    }

    @Test func lengthsMustAgree() {
        #expect(error { _ = try Evaluation(scores: [1], truth: [true, false]) }?.code == .shapeMismatch)
        #expect(error { _ = try Evaluation(scores: [], truth: []) }?.code == .emptyData)
        #expect(error { _ = try Evaluation(scores: [.nan], truth: [true]) }?.code == .invalidValue)
    }
}
