internal import OutlierCore

/// One array of a layer's parameters or state: its name within the layer, its shape, and how it begins.
package struct ParameterTensor: Sendable {
    package let name: String
    package let shape: [Int]
    package let initializer: Initializer
    /// How many numbers enter one sum of the layer, and how many sums one number enters: what initialisers go by.
    package let fanIn: Int
    package let fanOut: Int

    package var count: Int { shape.reduce(1, *) }

    package init(
        _ name: String, shape: [Int], initializer: Initializer, fanIn: Int = 1, fanOut: Int = 1
    ) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
        self.fanIn = fanIn
        self.fanOut = fanOut
    }
}

/// How parameters begin.
package enum Initializer: Hashable, Sendable {
    case constant(Float)
    /// Normal, variance `gain`² / fan-in; √2 for ReLU (He et al. 2015).
    case heNormal(gain: Float)
    /// Uniform, the same variance.
    case heUniform(gain: Float)
    /// Normal, variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010).
    case glorotNormal
    /// Uniform, the same variance.
    case glorotUniform
    /// Uniform in ±1/√fan-in: what PyTorch does where nothing else is said.
    case fanInUniform
    case normal(deviation: Float)
    case uniform(bound: Float)

    package static let zeros = Initializer.constant(0)
    package static let ones = Initializer.constant(1)

    func fill(_ values: inout ArraySlice<Float>, of tensor: ParameterTensor, random: inout RandomSource) {
        func normal(_ deviation: Double) {
            for index in values.indices { values[index] = Float(random.normal() * deviation) }
        }
        func uniform(_ bound: Double) {
            for index in values.indices { values[index] = Float((2 * random.uniform() - 1) * bound) }
        }
        let fanIn = Double(max(1, tensor.fanIn))
        let fanOut = Double(max(1, tensor.fanOut))
        switch self {
        case .constant(let value): for index in values.indices { values[index] = value }
        case .heNormal(let gain): normal(Double(gain) / fanIn.squareRoot())
        case .heUniform(let gain): uniform(Double(gain) * (3 / fanIn).squareRoot())
        case .glorotNormal: normal((2 / (fanIn + fanOut)).squareRoot())
        case .glorotUniform: uniform((6 / (fanIn + fanOut)).squareRoot())
        case .fanInUniform: uniform(1 / fanIn.squareRoot())
        case .normal(let deviation): normal(Double(deviation))
        case .uniform(let bound): uniform(Double(bound))
        }
    }
}
