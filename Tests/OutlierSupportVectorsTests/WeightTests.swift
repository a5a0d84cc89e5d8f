import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

/// A row of weight 2 is as good as two equal rows, and a row of weight 0 as good as absent.
@Suite struct WeightTests {
    @Test(arguments: [
        OneClassSupportVectorMachine(tolerance: 1e-9), OneClassSupportVectorMachine(nu: 0.1, gamma: 1, tolerance: 1e-9),
        OneClassSupportVectorMachine(gammaRule: .scale, tolerance: 1e-9, shrinking: false),
    ])
    func weightsAreRepetitions(_ detector: OneClassSupportVectorMachine) throws {
        let data = SyntheticData.clusters(rows: 400, columns: 3, anomalies: 20, seed: 4).data
        let agreement = try WeightAgreement(of: detector, on: data)
        #expect(agreement.repetitions < 1e-5)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    /// More rows than a search begins with as they come.
    @Test func weightsOfManyRows() throws {
        let data = SyntheticData.clusters(rows: 1500, columns: 3, anomalies: 60, seed: 4).data
        let agreement = try WeightAgreement(of: OneClassSupportVectorMachine(nu: 0.2, tolerance: 1e-8), on: data)
        #expect(agreement.repetitions < 1e-5)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    /// Each α is at most its row's weight, and they add up to ν · Σw: c times the weights give c times the scores.
    @Test func scoresAreAsLargeAsTheWeights() throws {
        let data = SyntheticData.clusters(rows: 300, columns: 3, anomalies: 20, seed: 4).data
        let weights = (0..<300).map { 0.25 + 0.5 * Double($0 % 5) }
        let detector = OneClassSupportVectorMachine(nu: 0.2, tolerance: 1e-9)
        let model = try detector.fit(data.replacing(labels: nil, weights: weights))
        let total: Double = weights.reduce(0, +)
        #expect(abs(model.weights.reduce(0, +) - 0.2 * total) < 1e-9)
        let boundOf = Dictionary(
            zip((0..<300).map { data.matrix.row($0) }, weights), uniquingKeysWith: { $0 + $1 })
        for (index, alpha) in model.weights.enumerated() {
            let bound = try #require(boundOf[model.supportVectors.row(index)])
            #expect(alpha > 0 && alpha <= bound)
        }
        let tripled = try detector.fit(data.replacing(labels: nil, weights: weights.map { 3 * $0 }))
        let scores = try model.scores(of: data).values
        for (one, three) in zip(scores, try tripled.scores(of: data).values) { #expect(abs(3 * one - three) < 1e-6) }
    }

    /// Steps are drawn at random, so that repeated rows give a model that is only near that of weighted ones.
    @Test func weightsOfStochasticGradients() throws {
        let data = SyntheticData.clusters(rows: 800, columns: 3, anomalies: 40, seed: 4).data
        let detector = OneClassStochasticGradient(gammaRule: .scale, tolerance: 1e-5, average: true)
        let agreement = try WeightAgreement(of: detector, on: data)
        #expect(agreement.repetitions < 0.05)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)

        // Only proportions count, and a model learns from further weighted rows.
        let weights = (0..<data.rowCount).map { 0.25 + 0.5 * Double($0 % 5) }
        let model = try detector.fit(data.replacing(labels: nil, weights: weights))
        let larger = try detector.fit(data.replacing(labels: nil, weights: weights.map { 4 * $0 }))
        let largest = try detector.fit(data.replacing(labels: nil, weights: weights.map { $0 * 0x1p1000 }))
        let scores = try model.scores(of: data)
        #expect(try larger.scores(of: data) == scores && largest.scores(of: data) == scores)
        let context = FitContext()
        let plain = try model.updated(with: data, context: context).scores(of: data).values
        let further = try data.replacing(labels: nil, weights: weights)
        #expect(try model.updated(with: further, context: context).scores(of: data).values != plain)
        let half = (0..<data.rowCount).map { Double($0 % 2) }
        let halved = try model.updated(with: data.replacing(labels: nil, weights: half), context: context)
        let kept = data.selectingRows((0..<data.rowCount).filter { $0 % 2 == 1 })
        #expect(try halved.scores(of: data) == model.updated(with: kept, context: context).scores(of: data))
    }
}
