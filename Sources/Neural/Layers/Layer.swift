package import OutlierCore

/// A function of rows with parameters, and its derivative. A layer is a value that holds sizes and settings; the numbers
/// it learns lie in the network's buffers, and its work in buffers that the network hands it.
///
/// A layer works on some rows of a batch at a time (a shard), and several threads work on different shards at once. So it
/// must not keep anything between calls but what it writes to its cache; and what it draws at random must depend on
/// ``ForwardPass/random`` and the row's place in the batch alone. A row's output must not depend, to the bit, on the
/// other rows of its shard. A layer that mixes rows (batch normalisation) says ``needsWholeBatch`` and then gets all rows
/// in one call.
///
/// No call may allocate: what a call needs, it declares as scratch.
package protocol Layer: Sendable {
    /// What the layer is called in model files. ``LayerKinds`` lists all.
    static var kind: String { get }
    var inputShape: Shape { get }
    var outputShape: Shape { get }
    /// The parameters, in the order in which they lie in the layer's part of the buffer.
    var parameters: [ParameterTensor] { get }
    /// What is learnt without a gradient (running means, for instance), likewise.
    var state: [ParameterTensor] { get }
    /// Whether a call must see all rows of the batch.
    var needsWholeBatch: Bool { get }
    /// Multiplications a row costs, roughly; the size of shards depends on it.
    var workPerRow: Int { get }
    /// Numbers a row keeps from forward to backward besides its input and output.
    var cacheCountPerRow: Int { get }
    /// Numbers a batch keeps from forward to backward; for layers that need the whole batch.
    var cacheCountPerBatch: Int { get }
    /// Numbers that a call on `rows` rows needs for itself.
    func scratchCount(rows: Int) -> Int
    /// Numbers that ``prepareBackward(_:inputGradient:prepared:)`` writes.
    var preparedCount: Int { get }
    /// Computes what all shards need for the backward pass and does not depend on rows: a transposed matrix, for one.
    ///
    /// - Parameter inputGradient: whether the gradient with respect to the input will be wanted.
    func prepareBackward(
        _ parameters: UnsafePointer<Float>, inputGradient: Bool, prepared: UnsafeMutablePointer<Float>)
    /// Writes the outputs of `pass.rows` rows, every number of them.
    func forward(_ pass: ForwardPass)
    /// Adds to the parameters' gradients and writes the inputs' gradients, where they are wanted.
    func backward(_ pass: BackwardPass)
    /// What ``init(configuration:)`` needs to make the layer again.
    var configuration: Value { get }
    /// - Throws: ``OutlierError/Code/invalidModel`` where the configuration is not one that this layer writes.
    init(configuration: Value) throws
}

extension Layer {
    package var parameters: [ParameterTensor] { [] }
    package var state: [ParameterTensor] { [] }
    package var needsWholeBatch: Bool { false }
    package var workPerRow: Int { parameters.reduce(outputShape.count) { $0 + $1.count } }
    package var cacheCountPerRow: Int { 0 }
    package var cacheCountPerBatch: Int { 0 }
    package func scratchCount(rows: Int) -> Int { 0 }
    package var preparedCount: Int { 0 }
    package func prepareBackward(
        _ parameters: UnsafePointer<Float>, inputGradient: Bool, prepared: UnsafeMutablePointer<Float>
    ) {}
}

/// What a layer is handed to compute outputs. All pointers are to the layer's own part; none overlaps another.
package struct ForwardPass {
    /// How many rows to compute: a shard, or the whole batch for a layer that needs it.
    package let rows: Int
    /// The place of the first of them in the batch: what a random number must depend on.
    package let firstRow: Int
    package let isTraining: Bool
    /// The layer's random numbers in this step. A stochastic layer draws for element e of row r the number
    /// (`firstRow` + r) · width + e.
    package let random: CounterRandom
    package let parameters: UnsafePointer<Float>
    /// May be written to by a layer that needs the whole batch, in training.
    package let state: UnsafeMutablePointer<Float>
    /// Rows × the input's count.
    package let input: UnsafePointer<Float>
    /// Rows × the output's count.
    package let output: UnsafeMutablePointer<Float>
    /// Rows × ``Layer/cacheCountPerRow``.
    package let cache: UnsafeMutablePointer<Float>
    package let batchCache: UnsafeMutablePointer<Float>
    package let scratch: UnsafeMutablePointer<Float>
}

/// What a layer is handed to compute gradients, after a forward pass over the same rows.
package struct BackwardPass {
    package let rows: Int
    package let firstRow: Int
    /// Whether the forward pass was one of training.
    package let isTraining: Bool
    /// The numbers of the forward pass.
    package let random: CounterRandom
    package let parameters: UnsafePointer<Float>
    package let state: UnsafePointer<Float>
    package let prepared: UnsafePointer<Float>
    package let input: UnsafePointer<Float>
    package let output: UnsafePointer<Float>
    package let cache: UnsafeMutablePointer<Float>
    package let batchCache: UnsafeMutablePointer<Float>
    package let scratch: UnsafeMutablePointer<Float>
    /// The loss's gradient with respect to the output; the layer may overwrite it.
    package let outputGradient: UnsafeMutablePointer<Float>
    /// Gets the gradient with respect to the input, every number of it; `nil` where it is not wanted.
    package let inputGradient: UnsafeMutablePointer<Float>?
    /// The gradients with respect to the parameters are added to it; `nil` where they are not wanted.
    package let parameterGradients: UnsafeMutablePointer<Float>?
}
