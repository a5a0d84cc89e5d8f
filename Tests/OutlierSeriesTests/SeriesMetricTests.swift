import Foundation
import OutlierCore
import OutlierSeries
import OutlierTesting
import Testing

@Suite struct SeriesMetricTests {
    private struct Case {
        var evaluation: Evaluation
        var values: [(name: String, value: Double)]
        var nab: [(name: String, value: Double)]
    }

    private func cases() throws -> [Case] {
        try fixture("series_metrics.json")["cases"]?.array?.map { entry in
            func numbers(_ key: String) -> [Double] { entry[key]?.array?.compactMap(\.double) ?? [] }
            func values(_ key: String) -> [(String, Double)] {
                (entry[key]?.entries ?? []).map { ($0.key, $0.value.double ?? .nan) }
            }
            return Case(
                evaluation: try Evaluation(
                    scores: numbers("scores"), decisions: numbers("decisions").map { $0 == 1 },
                    truth: numbers("truth").map { $0 == 1 }),
                values: values("values"), nab: values("nab"))
        } ?? []
    }

    @Test func equalTheReference() throws {
        var registry = Registry()
        try registry.register(SeriesPlugin.self)
        let cases = try cases()
        #expect(cases.count == 10)
        for (index, example) in cases.enumerated() {
            for (name, expected) in example.values {
                let words = name.split(separator: " ").map(String.init)
                let parameters: Value =
                    words.count == 1 ? .object([]) : .object([.init("buffer", .integer(Int(words[1]) ?? 0))])
                let metric = try registry.metric(Recipe(name: words[0], parameters: parameters))
                let value = try metric.number(of: example.evaluation)
                #expect(abs(value - expected) < 1e-9, "case \(index), \(name): \(value), not \(expected)")
            }
        }
    }

    @Test func theVolumeIsTheMeanOfItsSlices() throws {
        let evaluation = try cases()[1].evaluation
        var sum = 0.0
        for buffer in 0...10 {
            guard case .table(let entries) = try RangeAUC(buffer: buffer).value(of: evaluation) else { continue }
            sum += entries[1].value
        }
        let volume = try VUSPR(buffer: 10).number(of: evaluation)
        #expect(abs(volume - sum / 11) < 1e-12)
    }

    @Test func nabScoresEqualTheRules() throws {
        for example in try cases() {
            guard case .table(let entries) = try NABScore().value(of: example.evaluation) else {
                Issue.record("no table")
                return
            }
            for (entry, expected) in zip(entries, example.nab) {
                #expect(entry.name == expected.name)
                #expect(abs(entry.value - expected.value) < 1e-9)
            }
        }
    }

    @Test func theHighestPointMustBeNearTheAnomaly() throws {
        var truth = [Bool](repeating: false, count: 1000)
        for point in 500..<510 { truth[point] = true }
        for (place, right) in [(400, 1.0), (399, 0), (609, 1), (610, 0), (505, 1)] {
            var scores = [Double](repeating: 0, count: 1000)
            scores[place] = 1
            let value = try UCRAccuracy().value(of: Evaluation(scores: scores, truth: truth)).number
            #expect(value == right, "highest point at \(place)")
        }
    }

    @Test func delayIsCountedFromTheBegin() throws {
        let truth = [false, true, true, true, false, true, true, false, true]
        let decisions = [true, false, false, true, false, true, false, false, false]
        let evaluation = try Evaluation(
            scores: decisions.map { $0 ? 1 : 0 }, decisions: decisions, truth: truth)
        let expected: MetricValue = .table([.init("found", 2.0 / 3), .init("mean", 1), .init("median", 1)])
        #expect(try DetectionDelay().value(of: evaluation) == expected)
    }

    @Test func keepTheirPromises() {
        func failures(_ metric: some Metric) -> [String] {
            MetricConformance.points(metric).filter { !$0.name.contains("order of the rows") }.flatMap(\.failures)
        }
        let metrics: [any Metric] = [
            VUSPR(), VUSROC(), RangeAUC(), EventF1(), BestEventF1(), PointAdjustedF1(), AffiliationPrecision(),
            AffiliationRecall(), AffiliationF1(), UCRAccuracy(), DetectionDelay(), NABScore(),
        ]
        for metric in metrics {
            let found = failures(metric)
            #expect(found.isEmpty, "\(metric.recipe.name): \(found)")
        }
    }

    @Test func onePointIsAnAnswerOrAnError() throws {
        let metrics: [any Metric] = [VUSPR(), RangeAUC(), EventF1(), AffiliationF1(), UCRAccuracy(), NABScore()]
        for truth in [true, false] {
            let evaluation = try Evaluation(scores: [1], decisions: [true], truth: [truth])
            for metric in metrics {
                do {
                    _ = try metric.value(of: evaluation)
                } catch is OutlierError {}
            }
        }
    }
}
