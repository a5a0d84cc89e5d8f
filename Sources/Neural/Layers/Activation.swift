internal import CKernels
package import OutlierCore

/// A function applied to each number of a layer's sums.
package enum Activation: Hashable, Sendable {
    case identity
    case relu
    /// x, or `slope` · x below 0.
    case leakyReLU(slope: Float)
    /// x, or `scale` · (eˣ − 1) below 0.
    case elu(scale: Float)
    case tanh
    case sigmoid
    /// ln(1 + eˣ).
    case softplus
    /// x · sigmoid(x).
    case silu
    /// x · Φ(x), Φ the standard normal distribution function.
    case gelu

    package static let leakyReLU = Activation.leakyReLU(slope: 0.01)
    package static let elu = Activation.elu(scale: 1)

    /// Whether the derivative needs the sums, and not the outputs alone.
    package var needsSums: Bool {
        switch self {
        case .silu, .gelu: true
        default: false
        }
    }

    /// What weights before this function begin with: He's for those that cut half of the numbers off, Glorot's for the
    /// others.
    package var weightInitializer: Initializer {
        switch self {
        case .relu, .elu, .silu, .gelu: .heNormal(gain: Float(2).squareRoot())
        case .leakyReLU(let slope): .heNormal(gain: (2 / (1 + slope * slope)).squareRoot())
        case .identity, .tanh, .sigmoid, .softplus: .glorotUniform
        }
    }

    /// output[i] = f(sums[i]); the two may be the same memory.
    package func apply(
        _ sums: UnsafePointer<Float>, count: Int, output: UnsafeMutablePointer<Float>
    ) {
        outlier_activate(kernel, parameter, sums, count, output)
    }

    /// gradient[i] *= f′(sums[i]).
    ///
    /// - Parameter sums: looked at only where ``needsSums``.
    package func multiplyByDerivative(
        sums: UnsafePointer<Float>, output: UnsafePointer<Float>, count: Int, gradient: UnsafeMutablePointer<Float>
    ) {
        outlier_activation_gradient(kernel, parameter, sums, output, count, gradient)
    }

    private var kernel: outlier_activation {
        switch self {
        case .identity: OUTLIER_ACTIVATION_IDENTITY
        case .relu: OUTLIER_ACTIVATION_RELU
        case .leakyReLU: OUTLIER_ACTIVATION_LEAKY_RELU
        case .elu: OUTLIER_ACTIVATION_ELU
        case .tanh: OUTLIER_ACTIVATION_TANH
        case .sigmoid: OUTLIER_ACTIVATION_SIGMOID
        case .softplus: OUTLIER_ACTIVATION_SOFTPLUS
        case .silu: OUTLIER_ACTIVATION_SILU
        case .gelu: OUTLIER_ACTIVATION_GELU
        }
    }

    private var parameter: Float {
        switch self {
        case .leakyReLU(let slope): slope
        case .elu(let scale): scale
        default: 0
        }
    }
}

extension Activation {
    /// The names in model files, and the parameter where there is one.
    package var value: Value {
        switch self {
        case .identity: "identity"
        case .relu: "relu"
        case .leakyReLU(let slope): .object([Value.Entry("leaky-relu", .number(Double(slope)))])
        case .elu(let scale): .object([Value.Entry("elu", .number(Double(scale)))])
        case .tanh: "tanh"
        case .sigmoid: "sigmoid"
        case .softplus: "softplus"
        case .silu: "silu"
        case .gelu: "gelu"
        }
    }

    /// - Throws: ``OutlierError/Code/invalidModel`` for what ``value`` does not write.
    package init(_ value: Value) throws {
        let plain: [Activation] = [.identity, .relu, .tanh, .sigmoid, .softplus, .silu, .gelu]
        if let match = plain.first(where: { $0.value == value }) {
            self = match
        } else if let slope = value["leaky-relu"]?.double, slope.isFinite {
            self = .leakyReLU(slope: Float(slope))
        } else if let scale = value["elu"]?.double, scale.isFinite {
            self = .elu(scale: Float(scale))
        } else {
            throw OutlierError(.invalidModel, "there is no activation \(value)")
        }
    }
}
