import Foundation
import OutlierAutoencoder
import OutlierCore
import OutlierTesting
import Testing

@Suite struct FineTuningTests {
    /// Rows on a plane in five columns, with a little noise.
    private func table(_ rows: Int, seed: UInt64, names: [String] = ["a", "b", "c", "d", "e"]) throws -> Dataset {
        var random = RandomSource(seed: seed)
        let mixing: [[Double]] = [[1, 0.5, -1, 0.2, 2], [0.3, -1, 0.4, 1, -0.5]]
        let values = (0..<rows).map { _ in
            let (first, second) = (random.normal(), random.normal())
            return (0..<5).map { mixing[0][$0] * first + mixing[1][$0] * second + 0.05 * random.normal() }
        }
        return try Dataset(Matrix(rows: values), columns: names.map { Column($0) })
    }

    private func detector() -> Autoencoder {
        var detector = Autoencoder(hidden: [8, 2], epochs: 40, learningRate: 3e-3)
        detector.score = CombinedScore(lambda: 0)
        return detector
    }

    private func error(_ model: FittedAutoencoder, on data: Dataset) throws -> Double {
        try model.reconstructionErrors(of: data).reduce(0, +) / Double(data.rowCount)
    }

    @Test func aPretrainedModelNeedsFewerSteps() throws {
        let first = try detector().fit(table(2_000, seed: 1))
        let few = try table(60, seed: 2)
        let fresh = try table(500, seed: 3)
        let scratch = try detector().fit(few)
        let tuned = try detector().fitAndScore(few, startingFrom: first, settings: FineTuning(epochs: 10)).model
        #expect(try error(tuned, on: fresh) < error(scratch, on: fresh))
    }

    @Test func frozenLayersStay() throws {
        let first = try detector().fit(table(300, seed: 1))
        let data = try table(60, seed: 2)
        let settings = FineTuning(freeze: ["encoder"], epochs: 3)
        let tuned = try detector().fitAndScore(data, startingFrom: first, settings: settings).model
        // The encoder gives the same codes, the decoder other errors.
        #expect(try tuned.codes(of: data) == first.codes(of: data))
        #expect(try tuned.reconstructionErrors(of: data) != first.reconstructionErrors(of: data))
        let all = FineTuning(freeze: ["encoder", "decoder", "output"], epochs: 3)
        let same = try detector().fitAndScore(data, startingFrom: first, settings: all).model
        #expect(try same.reconstructionErrors(of: data) == first.reconstructionErrors(of: data))
    }

    @Test func columnsAreMappedByName() throws {
        let names = ["a", "b", "c", "d", "e"]
        let first = try detector().fit(table(300, seed: 1, names: names))
        // The same table with the columns in another order and one renamed.
        let order = [3, 0, 4, 1, 2]
        let data = try table(60, seed: 2, names: names)
        let shuffled = try Dataset(
            data.matrix.selectingColumns(order),
            columns: order.map { Column(names[$0] == "c" ? "renamed" : names[$0]) })
        let settings = FineTuning(
            freeze: ["encoder", "decoder", "output"], epochs: 1, columns: ["renamed": "c"])
        let tuned = try detector().fitAndScore(shuffled, startingFrom: first, settings: settings).model
        let expected = try first.reconstructionErrors(of: data)
        for (given, expected) in zip(try tuned.reconstructionErrors(of: shuffled), expected) {
            #expect(abs(given - expected) <= 1e-5 * max(1, expected))
        }
    }

    @Test func newColumnsBeginAnew() throws {
        let first = try detector().fit(table(300, seed: 1))
        let data = try table(60, seed: 2, names: ["a", "b", "c", "d", "new"])
        let fit = try detector().fitAndScore(data, startingFrom: first, settings: FineTuning(epochs: 2))
        let (tuned, scores) = (fit.model, fit.scores.values)
        #expect(tuned.featureCount == 5)
        #expect(scores.count { !$0.isFinite } == 0)
        #expect(throws: OutlierError.self) {
            try detector().fitAndScore(
                table(60, seed: 2, names: ["v", "w", "x", "y", "z"]), startingFrom: first)
        }
    }

    @Test func otherWidthsAreAnError() throws {
        let first = try detector().fit(table(100, seed: 1))
        let error = try #require(throws: OutlierError.self) {
            try Autoencoder(hidden: [4]).fitAndScore(table(60, seed: 2), startingFrom: first)
        }
        #expect(error.code == .invalidParameter)
    }

    /// A table in a file is trained on batch by batch, with the same result.
    @Test func tablesInFilesGiveTheSameModel() throws {
        let data = try table(300, seed: 1)
        let folder = FileManager.default.temporaryDirectory.path
        let mapped = try Matrix(rowCount: 300, columnCount: 5, inFolder: folder) { target in
            data.matrix.withUnsafeBufferPointer { _ = target.initialize(from: $0) }
        }
        let scores = try detector().fitAndScore(data).scores.values
        let others = try detector().fitAndScore(data.replacing(mapped)).scores.values
        #expect(scores == others)
    }
}
