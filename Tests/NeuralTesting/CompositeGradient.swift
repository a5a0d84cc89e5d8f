package import Neural
internal import OutlierCore

/// Compares the gradients of a composite loss with finite differences, one parameter at a time.
package struct CompositeGradient<Model: Trainable> {
    let rows: Int
    let width: Int
    private let input: [Float]

    /// - Parameter words: for columns that hold words, how many there are, and one for words that the fit never saw.
    package init(rows: Int, width: Int, words: [Int: Int] = [:]) {
        var random = RandomSource(seed: 11)
        input = (0..<rows * width).map { index in
            words[index % width].map { Float(random.index(below: $0)) } ?? Float(random.normal())
        }
        self.rows = rows
        self.width = width
    }

    /// - Parameter evaluate: computes the loss and adds its gradients to the model's.
    /// - Returns: for each network, the largest difference as a part of its largest gradient.
    package func largestErrors(
        _ model: Model, step: Float = 2e-3, gradients: (Model) -> [[Float]],
        evaluate: (inout Model, Batch) throws -> Double
    ) throws -> [Double] {
        let indices = Array(0..<rows)
        func loss(_ model: Model) throws -> (Double, Model) {
            var model = model
            let value = try input.withUnsafeBufferPointer { input in
                try indices.withUnsafeBufferPointer { indices in
                    guard let base = input.baseAddress else { return 0.0 }
                    return try evaluate(
                        &model,
                        Batch(
                            input: base, rows: rows, indices: indices, step: 3, totalSteps: 4, epoch: 0,
                            random: CounterRandom(seed: 2, step: 3), rateFactor: 1, execution: Execution(threads: 1)))
                }
            }
            return (value, model)
        }
        let exact = gradients(try loss(model).1)
        var result: [Double] = []
        for (network, own) in exact.enumerated() {
            let scale = own.reduce(1e-4) { max($0, Double(abs($1))) }
            var worst = 0.0
            for index in own.indices {
                func changed(_ change: Float) throws -> Double {
                    var other = model
                    var networks = other.networks
                    networks[network].parameters[index] += change
                    other.networks = networks
                    return try loss(other).0
                }
                let difference = (try changed(step) - changed(-step)) / Double(2 * step)
                worst = max(worst, abs(difference - Double(own[index])) / scale)
            }
            result.append(worst)
        }
        return result
    }
}
