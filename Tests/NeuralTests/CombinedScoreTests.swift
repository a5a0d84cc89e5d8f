import Foundation
import LinearAlgebra
import Neural
import OutlierCore
import Testing

@Suite struct CombinedScoreTests {
    static func normals(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
        var random = RandomSource(seed: seed)
        return Matrix(rowCount: rows, columnCount: columns) { values in
            for index in values.indices { values.initializeElement(at: index, to: random.normal()) }
        }
    }

    @Test func theUnitIsTheMeanExcessOverTheMedian() {
        // 3 is the median; 5 and 13 lie 2 and 10 above it.
        let scale = ExcessScale([13, 1, 3, 2, 5])
        #expect(abs(scale(12) - 2) < 1e-12)
        #expect(abs(scale(-6) + 1) < 1e-12)
        // Units do not matter.
        let other = ExcessScale([13, 1, 3, 2, 5].map { 1e6 * $0 })
        #expect(abs(other(7e6) - scale(7)) < 1e-9)
    }

    @Test(arguments: [1, 2, 50, 20_000])
    func theScaleIsMonotone(_ count: Int) {
        let training = CombinedScoreTests.normals(count, 1, seed: 4).values.map { $0 * $0 }
        let scale = ExcessScale(training)
        let queries = Array(Set(training + [0, 1e-9, 1e3, 1e30, 1e200, .infinity])).sorted()
        let levels = queries.map { scale($0) }
        #expect(zip(levels, levels.dropFirst()).allSatisfy(<))
        #expect(levels.last == .infinity)
    }

    @Test func constantValuesAndNoFiniteOnes() {
        for values in [[5, 5, 5], [0], [.infinity], [-1e308, 1e308, 1e308], []] {
            let scale = ExcessScale(values)
            #expect(scale(5).isFinite && scale(4) < scale(5) && scale(6) > scale(5), "\(values)")
        }
        // Rounding does not become a signal.
        let nearly = ExcessScale([1, 1, 1 + 1e-15])
        #expect(nearly(1 + 1e-15) - nearly(1) < 1e-5)
    }

    @Test func neighborsEqualBruteForce() throws {
        let latents = CombinedScoreTests.normals(60, 3, seed: 2)
        let errors = [Double](repeating: 1, count: 60)
        let fitted = try CombinedScorer.fit(
            CombinedScore(lambda: 1, neighbors: 4), reconstruction: errors, latents: latents, labels: nil,
            context: FitContext())
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        for row in 0..<60 {
            let others = (0..<60).filter { $0 != row }.map { distance(latents.row($0), latents.row(row)) }.sorted()
            #expect(abs(fitted.trainingScores[row] - others[0..<4].reduce(0, +) / 4) < 1e-6)
        }
        // A new row equal to a training row has that row as a neighbour.
        let again = try fitted.scorer.scores(
            reconstruction: errors, latents: latents, execution: Execution(threads: 2))
        #expect(zip(again, fitted.trainingScores).allSatisfy { $0 < $1 })
    }

    @Test func mahalanobisEqualsItsFormula() throws {
        var latents = CombinedScoreTests.normals(500, 2, seed: 3)
        latents.scaleRows(by: (0..<500).map { $0 % 2 == 0 ? 1 : 2 })
        let fitted = try CombinedScorer.fit(
            CombinedScore(lambda: 1, distance: .mahalanobis), reconstruction: [Double](repeating: 0, count: 500),
            latents: latents, labels: nil, context: FitContext())
        let covariance = try Covariance(of: latents, lostDegrees: 0)
        let inverse = try Cholesky(of: covariance.matrix).inverse()
        for row in 0..<500 {
            let z = (0..<2).map { latents[row, $0] - covariance.means[$0] }
            let square = z[0] * z[0] * inverse[0, 0] + 2 * z[0] * z[1] * inverse[0, 1] + z[1] * z[1] * inverse[1, 1]
            #expect(abs(fitted.trainingScores[row] - square.squareRoot()) < 1e-4)
        }
    }

    @Test func lambdaWeighsTheTwoScales() throws {
        let errors = CombinedScoreTests.normals(80, 1, seed: 5).values.map { $0 * $0 }
        let distances = CombinedScoreTests.normals(80, 1, seed: 6).values.map { 1e6 * $0 * $0 }
        func scores(_ lambda: Double) throws -> [Double] {
            try CombinedScorer.fit(
                CombinedScore(lambda: lambda), reconstruction: errors, distances: distances, labels: nil
            ).trainingScores
        }
        #expect(try scores(0) == errors)
        #expect(try scores(1) == distances)
        let r = ExcessScale(errors)
        let d = ExcessScale(distances)
        let expected = zip(errors, distances).map { 0.75 * r($0) + 0.25 * d($1) }
        #expect(try scores(0.25) == expected)
    }

    @Test func labelsChooseLambda() throws {
        // Only the distance tells the anomalies, then only the error.
        var random = RandomSource(seed: 8)
        let noise = (0..<100).map { _ in random.uniform() }
        let telling = (0..<100).map { Double($0 < 10 ? 100 + $0 : $0) }
        var labels = [Label](repeating: .unlabeled, count: 100)
        for row in 0..<5 { labels[row] = .anomaly }
        for row in 50..<60 { labels[row] = .normal }
        func lambda(_ errors: [Double], _ distances: [Double], _ labels: [Label]?) throws -> Double {
            try CombinedScorer.fit(CombinedScore(), reconstruction: errors, distances: distances, labels: labels)
                .scorer.lambda
        }
        #expect(try lambda(noise, telling, labels) >= 0.5)
        #expect(try lambda(telling, noise, labels) <= 0.5)
        #expect(try lambda(telling, noise, nil) == CombinedScore.defaultLambda)
        let onlyNormal = labels.map { $0 == .anomaly ? Label.unlabeled : $0 }
        #expect(try lambda(telling, noise, onlyNormal) == CombinedScore.defaultLambda)
    }

    @Test func knownAnomaliesAreNoNormalRows() throws {
        // Two tight groups far apart, of which one is known to be anomalous.
        let latents = Matrix(rowCount: 40, columnCount: 1) { values in
            for row in 0..<40 { values.initializeElement(at: row, to: Double(row % 20) * 0.01 + (row < 20 ? 0 : 50)) }
        }
        let labels: [Label] = (0..<40).map { $0 < 20 ? .unlabeled : .anomaly }
        let fitted = try CombinedScorer.fit(
            CombinedScore(lambda: 1), reconstruction: [Double](repeating: 0, count: 40), latents: latents,
            labels: labels, context: FitContext())
        #expect(fitted.trainingScores[0..<20].allSatisfy { $0 < 1 })
        #expect(fitted.trainingScores[20...].allSatisfy { $0 > 40 })
    }

    @Test(arguments: CombinedScore.Distance.allCases)
    func survivesAFile(_ distance: CombinedScore.Distance) throws {
        let latents = CombinedScoreTests.normals(50, 3, seed: 9)
        let errors = CombinedScoreTests.normals(50, 1, seed: 10).values
        let settings = CombinedScore(distance: distance, referenceRows: 30)
        let isOwn = distance == .discriminator
        let scorer =
            isOwn
            ? try CombinedScorer.fit(settings, reconstruction: errors, distances: errors, labels: nil).scorer
            : try CombinedScorer.fit(
                settings, reconstruction: errors, latents: latents, labels: nil, context: FitContext()
            ).scorer
        var archive = ModelArchive()
        try scorer.encode(to: &archive)
        let loaded = try CombinedScorer(from: archive, registry: Registry())
        func scores(_ scorer: CombinedScorer) throws -> [Double] {
            isOwn
                ? scorer.scores(reconstruction: errors, distances: errors)
                : try scorer.scores(reconstruction: errors, latents: latents, execution: Execution(threads: 1))
        }
        let before = try scores(scorer)
        #expect(try scores(loaded) == before)
        #expect(loaded.lambda == scorer.lambda)
    }

    @Test func oneRowAndEqualRows() throws {
        for count in [1, 2, 6] {
            for distance in [CombinedScore.Distance.neighbors, .mahalanobis] {
                let latents = Matrix(rowCount: count, columnCount: 2, repeating: 3)
                let fitted = try CombinedScorer.fit(
                    CombinedScore(distance: distance), reconstruction: [Double](repeating: 0, count: count),
                    latents: latents, labels: nil, context: FitContext())
                #expect(fitted.trainingScores.allSatisfy { $0.isFinite })
                let far = try fitted.scorer.scores(
                    reconstruction: [1], latents: Matrix(rowCount: 1, columnCount: 2, repeating: 9),
                    execution: Execution(threads: 1))
                #expect(far[0] > fitted.trainingScores[0])
            }
        }
    }

    @Test func lambdaIsANumberOrAuto() throws {
        func lambda(_ value: Value) throws -> Double? {
            try CombinedScore(parameters: .object([Value.Entry("lambda", value)]), registry: Registry()).lambda
        }
        #expect(try lambda(0.25) == 0.25)
        #expect(try lambda("auto") == nil)
        for wrong: Value in [1.5, -0.1, "automatic", .null, true] {
            #expect(throws: OutlierError.self) { try lambda(wrong) }
        }
        let description = CombinedScore.parameters[0].description
        let again = try ParameterDescription(name: "lambda", schema: description.schema)
        #expect(again.kind == description.kind)
        #expect(description.defaultValue == "auto")
    }
}
