import Foundation
import OutlierCore
import OutlierPreprocessing
import OutlierStatistical
import Testing

@Suite struct TargetEncoderTests {
    /// The training rows as scikit-learn encodes them, with its parts: see make_target.py.
    @Test(arguments: 0..<2) func trainingRowsAreThoseOfTheReference(_ number: Int) throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/target.json")
        let root = try Value(json: Data(contentsOf: url))
        func rows(_ value: Value?) -> [[Double]] {
            (value?.array ?? []).map { ($0.array ?? []).compactMap(\.double) }
        }
        let words = rows(root["words"])
        let parts = (root["parts"]?.array ?? []).compactMap(\.int)
        let labels = (root["labels"]?.array ?? []).map { $0 == 1 ? Label.anomaly : .normal }
        let data = try Dataset(
            Matrix(rows: words),
            columns: [6, 3].enumerated().map { index, count in
                Column("c\(index)", kind: .category(levels: (0..<count).map { "w\($0)" }))
            }, labels: labels)
        let one = try #require(root["cases"]?.array?[number])
        let encoder = TargetEncoder(smoothing: one["smoothing"]?.double)
        let encoded = try encoder.crossFitted(
            data, SupervisedRows(data), parts: parts, fitted: encoder.fit(data), execution: Execution())
        let expected = rows(one["encoded"])
        try #require(expected.count == 60 && parts.count == 60)
        for row in 0..<60 {
            for column in 0..<2 { #expect(abs(encoded.matrix[row, column] - expected[row][column]) < 1e-12) }
        }
    }

    /// Every row has a word of its own, so that a word tells its row's label and nothing else.
    private func uniqueWords() throws -> Dataset {
        try Dataset(
            Matrix(rows: (0..<50).map { [Double($0)] }),
            columns: [Column("word", kind: .category(levels: (0..<50).map { "w\($0)" }))],
            labels: (0..<50).map { $0 % 5 == 0 ? .anomaly : .normal })
    }

    @Test func noRowLearnsItsOwnLabel() throws {
        let data = try uniqueWords()
        let crossed = try TargetEncoder(smoothing: 0).fitAndTransform(data).data.matrix.column(0)
        // What the other parts have as the share of anomalies, a fifth in each.
        #expect(crossed.allSatisfy { abs($0 - 0.2) < 1e-12 })
        let plain = try TargetEncoder(smoothing: 0, folds: nil).fitAndTransform(data).data.matrix.column(0)
        #expect(plain == (0..<50).map { $0 % 5 == 0 ? 1.0 : 0 })
    }

    @Test func aPipelineLearnsFromCrossFittedRows() throws {
        let data = try uniqueWords()
        let pipeline = Pipeline(preprocessors: [TargetEncoder(smoothing: 1)], detector: ZScore())
        let fit = try pipeline.fitAndScore(data, context: FitContext(seed: 3))
        let (model, scores) = (fit.model, fit.scores.values)
        let (encoder, learnt) = try TargetEncoder(smoothing: 1).fitAndTransform(
            data, context: FitContext(seed: 3).part(0).part(-2))
        let expected = try ZScore().fitAndScore(learnt.unlabeled)
        #expect(scores == expected.scores.values)
        // New rows go by all labels.
        let new = try model.scores(of: data.unlabeled).values
        #expect(try new == expected.model.scores(of: encoder.transform(data.unlabeled)).values)
        #expect(new != scores)
        // The same seed, the same parts.
        #expect(try pipeline.fitAndScore(data, context: FitContext(seed: 3)).scores.values == scores)
    }

    @Test func fewRowsAndOneAnomaly() throws {
        let data = try uniqueWords().rows(0..<3)
        let encoded = try TargetEncoder().fitAndTransform(data).data.matrix
        #expect(encoded.values.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(throws: OutlierError.self) { try TargetEncoder().fit(data.rows(0..<1)) }
    }
}
