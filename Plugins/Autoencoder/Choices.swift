internal import Neural

/// The function behind each hidden layer of an autoencoder.
public enum AutoencoderActivation: String, CaseIterable, Sendable {
    case relu
    case leakyReLU = "leaky-relu"
    case elu
    case tanh
    case sigmoid
    case softplus
    case silu
    case gelu
    /// None: the autoencoder then learns a linear projection, as principal components do.
    case identity

    var function: Activation {
        switch self {
        case .relu: .relu
        case .leakyReLU: .leakyReLU
        case .elu: .elu
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .silu: .silu
        case .gelu: .gelu
        case .identity: .identity
        }
    }
}

/// How the difference between a row and its reconstruction is measured.
public enum ReconstructionLoss: String, CaseIterable, Sendable {
    /// The mean of the squares.
    case meanSquaredError = "mse"
    /// The mean of the absolute values: less moved by single large values.
    case meanAbsoluteError = "mae"
    /// Squares up to a difference of `huber-delta`, linear beyond.
    case huber

    func function(delta: Double) -> Loss {
        switch self {
        case .meanSquaredError: .squared
        case .meanAbsoluteError: .absolute
        case .huber: .huber(delta: Float(delta))
        }
    }
}

/// How weights begin.
public enum WeightInitialization: String, CaseIterable, Sendable {
    /// He's rule for the activations that cut negative numbers off, Glorot's for the others; biases 0.
    case automatic = "auto"
    /// He's uniform rule, biases uniform in ±1/√inputs: what PyOD does.
    case heUniform = "he-uniform"
    /// Uniform in ±1/√inputs, biases too: PyTorch's default.
    case pytorch
}
