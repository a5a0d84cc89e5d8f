import Foundation
import OutlierCore
import OutlierLabelReview
import OutlierNeighbors
import OutlierSupervised
import OutlierTesting
import Testing

@Suite struct LabelReviewTests {
    /// cleanlab's confident joint and suspects: see make_labels.py.
    @Test(arguments: 0..<3) func agreesWithCleanlab(_ number: Int) throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/labels.json")
        let one = try #require(try Value(json: Data(contentsOf: url)).array?[number])
        func numbers(_ key: String) -> [Double] { (one[key]?.array ?? []).compactMap(\.double) }
        let learnt = ConfidentLearning(
            probabilities: numbers("probabilities"), isAnomaly: numbers("labels").map { $0 == 1 })
        for (own, expected) in zip(learnt.thresholds, numbers("thresholds")) { #expect(abs(own - expected) < 1e-9) }
        #expect(learnt.joint == (one["joint"]?.array ?? []).map { ($0.array ?? []).compactMap(\.int) })
        #expect(learnt.isSuspect.indices.filter { learnt.isSuspect[$0] } == numbers("suspects").map { Int($0) })
    }

    /// Anomalies in two places beside the normal rows, a tenth of all, whose borders the best rule misses by 3 rows in a
    /// thousand; some labels are swapped.
    private func planted(swapped: Set<Int>) throws -> Dataset {
        var random = RandomSource(seed: 5)
        let truth = (0..<600).map { $0 % 10 == 0 }
        let rows = truth.enumerated().map { row, isAnomaly in
            (0..<4).map { column in
                random.normal() + (isAnomaly ? ((row / 10) % 2 == 0 ? 4 : -4) * (column < 2 ? 1 : 0) : 0)
            }
        }
        return try Dataset(rows: rows).replacing(
            labels: truth.enumerated().map { $1 != swapped.contains($0) ? .anomaly : .normal })
    }

    @Test func swappedLabelsAreFound() throws {
        // 10 of 60 anomalies and 20 of 540 normal rows are given the other label.
        let swapped = Set((0..<10).map { $0 * 60 } + (0..<20).map { $0 * 27 + 1 }.map { $0 % 10 == 0 ? $0 + 1 : $0 })
        try #require(swapped.count == 30)
        let review = try LabelReview(BoostedTrees()).suspects(
            in: planted(swapped: swapped), context: FitContext(seed: 1))
        let found = review.suspects.map(\.row)
        let right = Double(found.filter(swapped.contains).count)
        #expect(right / 30 >= 0.85)
        #expect(right / Double(found.count) >= 0.75)
        // The first of the list are the surest.
        #expect(found.prefix(10).filter(swapped.contains).count >= 9)
        #expect(review.judgedCount == 600)
        let again = try LabelReview(BoostedTrees()).suspects(
            in: planted(swapped: swapped), context: FitContext(seed: 1, execution: Execution(threads: 3)))
        #expect(again.suspects == review.suspects)
    }

    @Test func aDetectorThatKnowsNoLabelsContradictsThemToo() throws {
        let synthetic = SyntheticData.clusters(rows: 300, anomalies: 15)
        var labels = synthetic.truth.map { $0 ? Label.anomaly : .normal }
        labels[7] = .anomaly
        labels[290] = .normal
        let data = try synthetic.data.replacing(labels: labels)
        let rows = try LabelReview(KNearestNeighbors()).suspects(in: data).suspects.map(\.row)
        #expect(rows.contains(7) && rows.contains(290))
        #expect(rows.count < 15)
    }

    @Test func tooFewLabelsAreErrors() throws {
        let data = SyntheticData.clusters(rows: 40, anomalies: 2).data
        func code(_ labels: [Label]?, folds: Int = 5) throws -> OutlierError.Code? {
            do {
                _ = try LabelReview(BoostedTrees(), folds: folds).suspects(in: data.replacing(labels: labels))
                return nil
            } catch let error as OutlierError { return error.code }
        }
        #expect(try code(nil) == .missingLabels)
        #expect(try code((0..<40).map { $0 == 3 ? .anomaly : .normal }) == .missingLabels)
        #expect(try code((0..<40).map { _ in .normal }) == .missingLabels)
        #expect(try code((0..<40).map { $0 < 2 ? .anomaly : .unlabeled }) == nil)
        #expect(try code((0..<40).map { $0 < 2 ? .anomaly : .normal }, folds: 1) == .invalidParameter)
    }
}
