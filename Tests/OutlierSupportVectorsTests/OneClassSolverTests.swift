import Foundation
import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

@Suite struct OneClassSolverTests {
    /// The conditions of the optimum, with kernels computed by their definition: rows that score above 0 have α = 1,
    /// rows below 0 have α = 0.
    @Test(arguments: [
        OneClassSupportVectorMachine(), OneClassSupportVectorMachine(nu: 0.05, gamma: 1),
        OneClassSupportVectorMachine(kernel: .poly, nu: 0.3, degree: 2, coef0: 1),
        OneClassSupportVectorMachine(nu: 0.2, tolerance: 1e-9),
    ])
    func optimumHolds(_ detector: OneClassSupportVectorMachine) throws {
        let data = SyntheticData.clusters(rows: 1500, columns: 3, anomalies: 60, seed: 4).data
        let fit = try detector.fitAndScore(data)
        let (model, scores) = (fit.model, fit.scores.values)
        let gamma = detector.gamma ?? 1 / 3
        let vectors = (0..<model.supportVectors.rowCount).map { model.supportVectors.row($0) }
        let weightOf = Dictionary(zip(vectors, model.weights), uniquingKeysWith: +)
        for row in 0..<data.rowCount {
            let point = data.matrix.row(row)
            if row % 10 == 0 {
                let sum = zip(vectors, model.weights).reduce(0) {
                    $0 + $1.1 * kernel(detector, gamma: gamma, $1.0, point)
                }
                #expect(abs(model.offset - sum - scores[row]) <= 1e-10 * max(1, abs(sum)))
            }
            let weight = weightOf[point] ?? 0
            let slack = detector.tolerance + 1e-12 * abs(model.offset)
            if weight < 1 { #expect(scores[row] <= slack, "α \(weight), score \(scores[row])") }
            if weight > 0 { #expect(scores[row] >= -slack, "α \(weight), score \(scores[row])") }
        }
        #expect(abs(model.weights.reduce(0, +) - detector.nu * 1500) < 1e-9)
    }

    @Test func shrinkingAndCacheChangeNothingButTime() throws {
        let data = SyntheticData.clusters(rows: 2500, columns: 5, anomalies: 100, seed: 2).data
        let reference = try OneClassSupportVectorMachine(tolerance: 1e-6).fitAndScore(data).scores.values
        for (shrinking, cacheSize) in [(false, 200.0), (true, 1), (false, 1)] {
            let detector = OneClassSupportVectorMachine(
                tolerance: 1e-6, shrinking: shrinking, cacheSize: cacheSize)
            #expect(Agreement.largestDifference(try detector.fitAndScore(data).scores.values, reference) < 1e-5)
        }
    }

    @Test func threadsChangeNothing() throws {
        // Wide enough for kernel rows to be shared between threads.
        let data = SyntheticData.clusters(rows: 3000, columns: 300, anomalies: 100, seed: 2).data
        let detector = OneClassSupportVectorMachine(gamma: 1e-4)
        func scores(_ threads: Int) throws -> [Double] {
            try detector.fitAndScore(data, context: FitContext(execution: Execution(threads: threads))).scores.values
        }
        #expect(try scores(1) == scores(3))
    }

    @Test func orderOfRowsDoesNotMatter() throws {
        let data = SyntheticData.clusters(rows: 1200, columns: 3).data
        let detector = OneClassSupportVectorMachine(tolerance: 1e-7)
        let forwards = try detector.fitAndScore(data).scores.values
        let backwards = try detector.fitAndScore(data.selectingRows((0..<1200).reversed())).scores.values
        #expect(Agreement.largestDifference(forwards, backwards.reversed()) < 1e-5)
    }

    @Test func smallestTables() throws {
        for nu in [0.1, 0.5, 1] {
            let detector = OneClassSupportVectorMachine(nu: nu)
            let one = try detector.fitAndScore(Dataset(rows: [[3, 4]]))
            #expect(one.scores.values == [0])
            let two = try detector.fitAndScore(Dataset(rows: [[0, 0], [1, 0]]))
            #expect(abs(two.scores.values[0] - two.scores.values[1]) < 1e-6)
            #expect(try two.model.scores(of: Dataset(rows: [[9, 9]]))[0] > two.scores.values[0])
        }
    }

    @Test func gammaRules() throws {
        let data = try Dataset(rows: [[0, 2], [4, 2], [1, 5]])
        let variance = 2.888888888888889
        let rule = try OneClassSupportVectorMachine(gammaRule: .scale).fitAndScore(data).scores.values
        let number = try OneClassSupportVectorMachine(gamma: 1 / (2 * variance)).fitAndScore(data).scores.values
        #expect(Agreement.largestDifference(rule, number) < 1e-12)
        let flat = try Dataset(rows: [[7], [7], [7]])
        #expect(try OneClassSupportVectorMachine(gammaRule: .scale).fitAndScore(flat).scores.allSatisfy { $0 == 0 })
    }

    @Test func tooLargeForTheKernel() throws {
        let data = try Dataset(rows: [[1e200, 1], [2e200, 1]])
        for kernel in [SupportVectorKernel.linear, .poly] {
            #expect(throws: OutlierError.self) {
                _ = try OneClassSupportVectorMachine(kernel: kernel).fitAndScore(data)
            }
        }
    }
}
