import Foundation
import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

@Suite struct OneClassGoldenTests {
    @Test func scoresAreThoseOfThePeers() throws {
        let registry = try registry()
        for golden in try GoldenScores(contentsOf: fixture).cases where golden.detector.name == "ocsvm" {
            let detector = try #require(
                try registry.detector(golden.detector) as? OneClassSupportVectorMachine)
            let fit = try detector.fitAndScore(golden.train)
            let (model, scores) = (fit.model, fit.scores.values)
            let new = try model.scores(of: golden.new).values
            let scale = golden.trainingScores.map(abs).max() ?? 1
            // libsvm's kernels in single precision leave about this much even where it is told to go on to 1e-6.
            let tight = golden.detector.parameters["tolerance"] != nil
            let allowed = (tight ? 2e-5 : 2e-3) * max(1, scale)
            // Where no weight lies between its bounds, a range of offsets is optimal and the two may choose
            // differently in it (the model of a linear kernel does not tell its weights).
            let offsetIsFree = detector.kernel == .linear || model.weights.allSatisfy { $0 == 1 }
            let shift = offsetIsFree ? scores[0] - golden.trainingScores[0] : 0
            for (ours, peers) in [(scores, golden.trainingScores), (new, golden.newScores)] {
                let worst = zip(ours, peers).map { abs($0 - $1 - shift) }.max() ?? 0
                #expect(worst <= allowed, "\(golden.detector): \(worst), scale \(scale)")
            }
            if !tight { #expect(Agreement.spearman(scores, golden.trainingScores) > 0.9999, "\(golden.detector)") }
        }
    }

    @Test func objectiveAndFractionsAreThoseOfLibsvm() throws {
        let registry = try registry()
        let root = try Value(json: Data(contentsOf: URL(fileURLWithPath: fixture)))
        let entries = root["cases"]?.array ?? []
        let goldens = try GoldenScores(contentsOf: fixture).cases
        for (entry, golden) in zip(entries, goldens) {
            guard let objective = entry["objective"]?.double, let supportFraction = entry["support_fraction"]?.double,
                let outsideFraction = entry["outside_fraction"]?.double,
                let detector = try registry.detector(golden.detector) as? OneClassSupportVectorMachine
            else { continue }
            let fit = try detector.fitAndScore(golden.train)
            let (model, scores) = (fit.model, fit.scores.values)
            // ½ αᵀKα, where Kα is ρ − score.
            let heights = try model.scores(of: model.supportVectors).map { model.offset - $0 }
            let ours = 0.5 * zip(model.weights, heights).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(ours - objective) <= 1e-6 * max(1, abs(objective)), "\(golden.detector)")
            let rows = Double(golden.train.rowCount)
            if detector.kernel != .linear {
                #expect(abs(Double(model.weights.count) / rows - supportFraction) <= 0.02, "\(golden.detector)")
                #expect(abs(model.weights.reduce(0, +) - detector.nu * rows) < 1e-9 * rows)
            }
            let outside = Double(scores.count { $0 > 1e-6 }) / rows
            #expect(abs(outside - outsideFraction) <= 0.03, "\(golden.detector)")
        }
    }
}
