internal import Foundation
internal import Neural
internal import OutlierCore

/// Looks for the code from which a generator makes a row, by gradient descent (Schlegl et al. 2017): minimises
/// (1 − w) · Σ|x − G(z)| + w · Σ|f(x) − f(G(z))| with Adam, where f are the discriminator's features. A word counts by −ln of
/// the probability that the generator gives it in place of a difference.
///
/// All rows of a block are searched at once, each on its own: every search begins at the same code and takes the same
/// number of steps, so a row's result does not depend on the others.
struct LatentSearch: Sendable {
    let steps: Int
    let learningRate: Double
    let featureWeight: Double

    private static let blockRows = 512

    func codes(
        of input: [Float], comparison: RowComparison, generator: Network, features: Network, execution: Execution
    ) throws -> [Float] {
        let latent = generator.inputCount
        let width = generator.outputCount
        let rows = input.count / width
        var result = [Float](repeating: 0, count: rows * latent)
        let single = Execution(threads: 1, cancellation: execution.cancellation)
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try input.withUnsafeBufferPointer { input in
                let input = SharedReadBuffer(input)
                try execution.forEachBlock(of: rows, size: LatentSearch.blockRows) { block in
                    guard let base = input.buffer.baseAddress, let target = result.buffer.baseAddress else { return }
                    try search(
                        base + block.lowerBound * width, rows: block.count, comparison: comparison,
                        generator: generator, features: features, codes: target + block.lowerBound * latent,
                        execution: single)
                }
            }
        }
        return result
    }

    private func search(
        _ input: UnsafePointer<Float>, rows: Int, comparison: RowComparison, generator: Network, features: Network,
        codes: UnsafeMutablePointer<Float>, execution: Execution
    ) throws {
        let latent = generator.inputCount
        let width = generator.outputCount
        let featureCount = features.outputCount
        let count = rows * latent
        let generatorTape = Tape(generator, capacity: rows)
        let featureTape = Tape(features, capacity: rows)
        try features.infer(input, rows: rows, tape: featureTape, execution: execution)
        let wanted = Array(UnsafeBufferPointer(start: featureTape.output, count: rows * featureCount))
        var first = [Float](repeating: 0, count: count)
        var second = first
        let rowWeight = Float(1 - featureWeight)
        let weight = Float(featureWeight)
        for step in 1...steps {
            try execution.checkCancellation()
            try generator.infer(codes, rows: rows, tape: generatorTape, execution: execution)
            try features.infer(generatorTape.output, rows: rows, tape: featureTape, execution: execution)
            for index in 0..<rows * featureCount {
                featureTape.outputGradient[index] =
                    weight * LatentSearch.sign(featureTape.output[index] - wanted[index])
            }
            try features.inputGradient(featureTape, execution: execution)
            generatorTape.outputGradient.update(from: featureTape.inputGradient, count: rows * width)
            _ = comparison.add(
                generatorTape.output, input, count: rows, weight: rowWeight, divisor: 1,
                gradient: generatorTape.outputGradient)
            try generator.inputGradient(generatorTape, execution: execution)
            let gradient = generatorTape.inputGradient
            // The rate falls to a tenth, so that the last steps do not jump about the minimum.
            let rate = learningRate * (1 - 0.9 * Double(step - 1) / Double(steps))
            let firstCorrection = Float(1 - pow(0.9, Double(step)))
            let secondCorrection = Float(1 - pow(0.999, Double(step)))
            for index in 0..<count {
                first[index] = 0.9 * first[index] + 0.1 * gradient[index]
                second[index] = 0.999 * second[index] + 0.001 * gradient[index] * gradient[index]
                codes[index] -=
                    Float(rate) * (first[index] / firstCorrection)
                    / ((second[index] / secondCorrection).squareRoot() + 1e-8)
            }
        }
    }

    private static func sign(_ value: Float) -> Float { value > 0 ? 1 : value < 0 ? -1 : 0 }

    func encode(to archive: inout ModelArchive) {
        archive.store(steps, as: "search-steps")
        archive.store([learningRate, featureWeight], as: "search")
    }

    init(steps: Int, learningRate: Double, featureWeight: Double) {
        self.steps = steps
        self.learningRate = learningRate
        self.featureWeight = featureWeight
    }

    init(from archive: ModelArchive) throws {
        let numbers = try archive.doubles("search", count: 2)
        guard numbers[0].isFinite, numbers[0] > 0, numbers[1] >= 0, numbers[1] <= 1 else {
            throw OutlierError(.invalidModel, "the settings of the search for codes are not usable")
        }
        self.init(
            steps: try archive.integer("search-steps", in: 1...1_000_000), learningRate: numbers[0],
            featureWeight: numbers[1])
    }
}
