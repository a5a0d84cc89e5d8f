import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

@Suite struct MissingValueTests {
    @Test func anomaliesAreFoundInSpiteOfHoles() throws {
        let made = SyntheticData.clusters(rows: 400, columns: 6, anomalies: 20)
        let holed = SyntheticData.withHoles(made.data, share: 0.2)
        let scores = try IsolationForest().fitAndScore(holed, context: FitContext(seed: 3)).scores.values
        let area = try ROCAUC().number(of: Evaluation(scores: scores, truth: made.truth))
        #expect(area > 0.9)
    }

    @Test func rowsWithoutWeightAreNotLearntFrom() throws {
        // Half of the rows lie elsewhere and have no weight: the model is that of the other half.
        var rows: [[Double]] = []
        var halves: [Double] = []
        var tenths: [Double] = []
        for row in 0..<200 {
            let shift: Double = row < 100 ? 0 : 1000
            rows.append([Double(row % 100) + shift, Double(row * 7 % 100)])
            halves.append(row < 100 ? 1 : 0)
            tenths.append(row < 10 ? 2 : 0)
        }
        let data = try Dataset(rows: rows)
        let weighted = try data.replacing(labels: nil, weights: halves)
        for bootstrap in [false, true] {
            let forest = IsolationForest(sampleSize: 64, bootstrap: bootstrap)
            let model = try forest.fit(weighted, context: FitContext(seed: 1))
            let scores = try model.scores(of: data).values
            let inner: Double = scores.prefix(100).reduce(0, +) / 100
            let outer: Double = scores.suffix(100).reduce(0, +) / 100
            #expect(outer > inner + 0.05)
        }
        // All the weight on some rows: no sample can be larger than these.
        let few = try data.replacing(labels: nil, weights: tenths)
        #expect(try IsolationForest().fit(few).sampleSize == 10)
    }
}
