package import OutlierCore

/// What a ``Trainer`` trains: one or several networks, their optimizers, and the rule of a step.
///
///     struct Denoiser: Trainable {
///         static let lossNames = ["loss"]
///         var networks: [Network]  …  var optimizers: [Optimizer]  …
///         mutating func step(_ batch: Batch, losses: inout [Double]) throws {
///             try encoder.forward(batch.input, rows: batch.rows, mode: .training(batch.random), tape: tape,
///                 execution: batch.execution)
///             …
///             optimizer.step(&encoder, gradients: &gradients, rateFactor: batch.rateFactor)
///         }
///     }
///
/// A step must depend on the batch and on what the networks, optimizers and ``extra`` hold, and on nothing else: then a
/// training that goes on from a checkpoint gives the same weights, to the bit, as one that was not stopped. Steps are
/// not interrupted: `batch.execution` is never cancelled, the trainer looks at the cancellation between steps.
package protocol Trainable {
    /// The names of the losses that a step gives. The first is the one that validation and early stopping go by.
    static var lossNames: [String] { get }
    /// Every network that is trained, always in the same order. Set when weights are put back.
    var networks: [Network] { get set }
    /// Likewise for optimizers.
    var optimizers: [Optimizer] { get set }
    /// What else a step depends on and changes (the centre of a hypersphere, a running mean): numbers, as many at all
    /// times.
    var extra: [Float] { get set }

    /// Learns from a batch.
    ///
    /// - Parameter losses: gets the mean losses of the batch, one for each of ``lossNames``.
    mutating func step(_ batch: Batch, losses: inout [Double]) throws

    /// The losses of rows that are not trained on, as scoring would compute them. Random numbers, where there must be
    /// any, come from `batch.random`, which is the same for the same rows every time.
    mutating func validate(_ batch: Batch, losses: inout [Double]) throws
}

extension Trainable {
    package var extra: [Float] {
        get { [] }
        set {}
    }
}

/// Some rows of the table and what a step needs besides.
package struct Batch {
    /// Rows × the table's width, one after the other.
    package let input: UnsafePointer<Float>
    /// How many rows, at least 1; the last batch of an epoch may have fewer than the others.
    package let rows: Int
    /// Where the rows stand in the table.
    package let indices: UnsafeBufferPointer<Int>
    /// The step's number, from 0, over all epochs.
    package let step: Int
    package let totalSteps: Int
    package let epoch: Int
    /// The step's random numbers.
    package let random: CounterRandom
    /// What the schedule multiplies the learning rate by.
    package let rateFactor: Double
    /// Threads, without cancellation.
    package let execution: Execution

    package init(
        input: UnsafePointer<Float>, rows: Int, indices: UnsafeBufferPointer<Int>, step: Int, totalSteps: Int,
        epoch: Int, random: CounterRandom, rateFactor: Double, execution: Execution
    ) {
        self.input = input
        self.rows = rows
        self.indices = indices
        self.step = step
        self.totalSteps = totalSteps
        self.epoch = epoch
        self.random = random
        self.rateFactor = rateFactor
        self.execution = execution
    }
}
