// Training steps per second of an autoencoder of 100-64-32-64-100; see python/torch_steps.py.
//
//     TrainingSpeed BATCH THREADS SECONDS

import Foundation
import OutlierAutoencoder
import OutlierCore

let numbers = CommandLine.arguments.dropFirst().compactMap(Double.init)
guard numbers.count == 3 else {
    print("usage: TrainingSpeed BATCH THREADS SECONDS")
    exit(64)
}
let batch = Int(numbers[0])
let rows = 16 * batch
var random = RandomSource(seed: 1)
let table = Dataset(
    try Matrix(rowCount: rows, columnCount: 100, values: (0..<rows * 100).map { _ in random.normal() }))

/// Seconds of a fit of some epochs, each of 16 steps.
func seconds(epochs: Int) throws -> Double {
    var detector = Autoencoder(hidden: [64, 32], epochs: epochs, batchSize: batch)
    detector.activation = .relu
    detector.loss = .meanSquaredError
    let start = ContinuousClock.now
    _ = try detector.fit(table, context: FitContext(execution: Execution(threads: Int(numbers[1]))))
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

// What a fit costs besides its steps does not count: twice the epochs less the epochs.
var epochs = 4
while try seconds(epochs: epochs) < numbers[2] / 2 { epochs *= 2 }
var best = 0.0
for _ in 0..<3 {
    let once = try seconds(epochs: epochs)
    let twice = try seconds(epochs: 2 * epochs)
    best = max(best, Double(16 * epochs) / (twice - once))
}
print(best)
