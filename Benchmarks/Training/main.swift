// Training steps per second of one network; see ../python/torch_steps.py.
//
//     TrainingSpeed NETWORK BATCH THREADS SECONDS
//
// NETWORK: `dense` is the detector's autoencoder, 100-64-32-64-100; `convolution` one of images; `lstm` and
// `gru` forecast the step after a window. `product` prints GFLOP/s of BLAS's product of matrices of 1,024 × 1,024 instead.
//
// A part of the package of the engine, not of that of the benchmarks: networks are no public API.

import COpenBLAS
import Foundation
import Neural
import OutlierAutoencoder
import OutlierCore

let arguments = Array(CommandLine.arguments.dropFirst())
let numbers = arguments.dropFirst().compactMap(Double.init)
guard numbers.count == 3, let network = arguments.first else {
    print("usage: TrainingSpeed dense|convolution|lstm|gru|product BATCH THREADS SECONDS")
    exit(64)
}
let batch = Int(numbers[0])
let threads = Int(numbers[1])
let seconds = numbers[2]

func elapsed(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    let duration = ContinuousClock.now - start
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// The most calls a second in ten runs of a tenth of the time each: a short one is more likely to be undisturbed.
func rate(_ call: () throws -> Void) throws -> Double {
    var best = 0.0
    for _ in 0..<10 {
        var count = 0
        var spent = 0.0
        while spent < seconds / 10 {
            spent += try elapsed { for _ in 0..<5 { try call() } }
            count += 5
        }
        best = max(best, Double(count) / spent)
    }
    return best
}

switch network {
case "dense": print(try denseSteps())
case "product": print(try products())
case "convolution", "lstm", "gru":
    guard let model = Model(network, batch: batch) else {
        print("the layers do not fit")
        exit(70)
    }
    print(try model.stepsPerSecond(execution: Execution(threads: threads)))
default:
    print("there is no network \(network)")
    exit(64)
}

/// What the detector's fit does once the columns are scaled: batches are gathered from a shuffled table.
func denseSteps() throws -> Double {
    let rows = 16 * batch
    var random = RandomSource(seed: 1)
    let table = FloatRows((0..<rows * 100).map { _ in Float(random.normal()) }, width: 100)
    var detector = Autoencoder(hidden: [64, 32], batchSize: batch)
    detector.activation = .relu
    detector.codeActivation = .relu
    detector.loss = .meanSquaredError
    var training = AutoencoderTraining(detector, columns: NetworkColumns(numbers: 100), rowCount: rows, seed: 1)
    let context = FitContext(execution: Execution(threads: threads))
    let trainer = Trainer(TrainingOptions(epochs: max(1, 256 / batch), batchSize: batch))
    // A call is some epochs, each of 16 steps.
    let calls = try rate { _ = try trainer.train(&training, on: table, context: context) }
    return calls * Double(16 * trainer.options.epochs)
}

func products() throws -> Double {
    openblas_set_num_threads(Int32(threads))
    let size: blasint = 1_024
    let factor = [Float](repeating: 0.5, count: Int(size * size))
    var result = factor
    let callsPerSecond = try rate {
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, factor, size, factor, size, 0, &result, size
        )
    }
    return callsPerSecond * 2 * pow(Double(size), 3) / 1e9
}

/// A network, its data and its optimizer.
final class Model {
    private var network: Network
    private var optimizer: Optimizer
    private let tape: Tape
    private var gradients: [Float]
    private let input: Arena
    private let target: Arena
    private let rowLosses: Arena
    private let batch: Int
    private var step = 0

    /// - Returns: `nil` where layers do not fit each other.
    init?(_ name: String, batch: Int) {
        var random = RandomSource(seed: 1)
        let layers: [(name: String, layer: any Layer)]
        switch name {
        case "lstm":
            layers = [
                ("lstm", LSTM(steps: 100, features: 8, units: 64, returnsSequences: false)),
                ("output", Dense(inputs: 64, outputs: 8)),
            ]
        case "gru":
            layers = [
                ("gru", GRU(steps: 100, features: 8, units: 64, returnsSequences: false)),
                ("output", Dense(inputs: 64, outputs: 8)),
            ]
        default:
            guard
                let first = Convolution(
                    channels: 3, height: 32, width: 32, filters: 16, kernel: 3, stride: 2, padding: 1, activation: .relu
                ),
                let second = Convolution(
                    channels: 16, height: 16, width: 16, filters: 32, kernel: 3, stride: 2, padding: 1,
                    activation: .relu),
                let third = TransposedConvolution(
                    channels: 32, height: 8, width: 8, filters: 16, kernel: 3, stride: 2, padding: 1, outputPadding: 1,
                    activation: .relu),
                let fourth = TransposedConvolution(
                    channels: 16, height: 16, width: 16, filters: 3, kernel: 3, stride: 2, padding: 1, outputPadding: 1)
            else { return nil }
            layers = [("encoder-1", first), ("encoder-2", second), ("decoder-1", third), ("output", fourth)]
        }
        network = Network(layers, random: &random)
        optimizer = Optimizer(.adam, learningRate: 1e-3, for: network)
        tape = Tape(network, capacity: batch)
        gradients = network.zeroGradients
        input = Arena(batch * network.inputCount)
        for index in 0..<batch * network.inputCount { input.base[index] = Float(random.normal()) }
        if name == "convolution" {
            target = input
        } else {
            target = Arena(batch * network.outputCount)
            for index in 0..<batch * network.outputCount { target.base[index] = Float(random.normal()) }
        }
        rowLosses = Arena(batch)
        self.batch = batch
    }

    func stepsPerSecond(execution: Execution) throws -> Double {
        try rate {
            try network.forward(
                input.base, rows: batch, mode: .training(CounterRandom(seed: 1, step: step)), tape: tape,
                execution: execution)
            _ = Loss.squared.evaluate(
                tape.output, target.base, rows: batch, width: network.outputCount, gradient: tape.outputGradient,
                rowLosses: rowLosses.base)
            try network.backward(tape, gradients: &gradients, execution: execution)
            optimizer.step(&network, gradients: &gradients)
            step += 1
        }
    }
}
