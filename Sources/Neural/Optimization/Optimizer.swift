internal import CKernels
internal import Foundation
package import OutlierCore

/// A rule that changes parameters by their gradients, and what it remembers between steps.
///
/// A model of several networks has an optimizer for each: the rules work on every parameter by itself, so that this is
/// the same as one for all.
package struct Optimizer: Sendable {
    package enum Rule: Hashable, Sendable {
        /// Gradient descent with momentum; `penalty` is an L2 penalty's factor.
        case descent(momentum: Float = 0, penalty: Float = 0)
        /// Kingma & Ba 2015; `penalty` is an L2 penalty's factor.
        case adam(firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8, penalty: Float = 0)
        /// Adam with the decay of weights apart from the gradient (Loshchilov & Hutter 2019).
        case adamW(firstDecay: Float = 0.9, secondDecay: Float = 0.999, epsilon: Float = 1e-8, decay: Float = 0.01)

        /// Tieleman & Hinton 2012, as Keras has it: gradients over the root of their decayed mean square, which begins at 0 and
        /// is not corrected for that, so that the first steps are the longest.
        case rmsprop(decay: Float = 0.9, epsilon: Float = 1e-7)

        package static let adam = Rule.adam()
    }

    package let rule: Rule
    package let learningRate: Double
    /// Steps done.
    package private(set) var steps = 0
    private var first: [Float]
    private var second: [Float]

    package init(_ rule: Rule = .adam, learningRate: Double, for network: Network) {
        self.rule = rule
        self.learningRate = learningRate
        first = network.zeroGradients
        if case .descent = rule { second = [] } else { second = first }
    }

    /// Changes the parameters of the layers that are not frozen. All gradients become 0.
    ///
    /// - Parameters:
    ///   - gradients: as many as the network has parameters.
    ///   - rateFactor: what a schedule multiplies the learning rate by.
    ///   - gradientScale: what the gradients are multiplied by first, for instance to clip them.
    package mutating func step(
        _ network: inout Network, gradients: inout [Float], rateFactor: Double = 1, gradientScale: Float = 1
    ) {
        precondition(
            gradients.count == network.parameters.count && first.count == gradients.count,
            "the optimizer was made for another network")
        steps += 1
        let ranges = network.trainableRanges
        network.parameters.withUnsafeMutableBufferPointer { parameters in
            gradients.withUnsafeMutableBufferPointer { gradients in
                first.withUnsafeMutableBufferPointer { first in
                    second.withUnsafeMutableBufferPointer { second in
                        guard let parameters = parameters.baseAddress, let gradients = gradients.baseAddress,
                            let first = first.baseAddress
                        else { return }
                        for range in ranges {
                            let start = range.lowerBound
                            Optimizer.apply(
                                rule, rate: learningRate * rateFactor, steps: steps, gradientScale: gradientScale,
                                parameters + start, gradients + start, first + start,
                                second.baseAddress.map { $0 + start }, range.count)
                        }
                    }
                }
                if ranges.count != 1 || ranges[0].count != gradients.count { gradients.update(repeating: 0) }
            }
        }
    }

    private static func apply(
        _ rule: Rule, rate: Double, steps: Int, gradientScale: Float, _ parameters: UnsafeMutablePointer<Float>,
        _ gradients: UnsafeMutablePointer<Float>, _ first: UnsafeMutablePointer<Float>,
        _ second: UnsafeMutablePointer<Float>?, _ count: Int
    ) {
        func adam(
            _ firstDecay: Float, _ secondDecay: Float, _ epsilon: Float, penalty: Float, shrinkage: Double,
            isCorrected: Bool = true
        ) {
            guard let second else { return }
            var settings = outlier_adam_settings(
                learning_rate: Float(rate), first_decay: firstDecay, second_decay: secondDecay, epsilon: epsilon,
                first_correction: isCorrected ? Float(1 - pow(Double(firstDecay), Double(steps))) : 1,
                second_correction_root: isCorrected
                    ? Float((1 - pow(Double(secondDecay), Double(steps))).squareRoot()) : 1,
                penalty: penalty, shrinkage: Float(shrinkage), gradient_scale: gradientScale)
            outlier_adam(&settings, parameters, gradients, first, second, count)
        }
        switch rule {
        case .descent(let momentum, let penalty):
            outlier_momentum_descent(
                Float(rate), momentum, penalty, gradientScale, parameters, gradients, first, count)
        case .adam(let firstDecay, let secondDecay, let epsilon, let penalty):
            adam(firstDecay, secondDecay, epsilon, penalty: penalty, shrinkage: 1)
        case .adamW(let firstDecay, let secondDecay, let epsilon, let decay):
            adam(firstDecay, secondDecay, epsilon, penalty: 0, shrinkage: 1 - rate * Double(decay))
        case .rmsprop(let decay, let epsilon):
            adam(0, decay, epsilon, penalty: 0, shrinkage: 1, isCorrected: false)
        }
    }

    // MARK: - Checkpoints

    /// Puts what the optimizer remembers into a checkpoint.
    package func encode(to archive: inout ModelArchive) {
        archive.store(steps, as: "steps")
        archive.store(first, as: "first")
        if !second.isEmpty { archive.store(second, as: "second") }
    }

    /// Takes what ``encode(to:)`` wrote.
    ///
    /// - Throws: ``OutlierError/Code/invalidModel`` where it is not an optimizer of the same rule and network.
    package mutating func restore(from archive: ModelArchive) throws {
        steps = try archive.integer("steps", in: 0...Int.max)
        first = try archive.floats("first", count: first.count)
        if !second.isEmpty { second = try archive.floats("second", count: second.count) }
    }
}

/// Bounds for gradients.
package enum GradientClipping {
    /// The factor that brings the Euclidean norm of all gradients to at most `bound`: 1 where it is already. Give it to
    /// ``Optimizer/step(_:gradients:rateFactor:gradientScale:)`` of each.
    package static func scale(_ gradients: [Float], bound: Double) -> Float {
        scale(squares(gradients), bound: bound)
    }

    /// The factor for the gradients of two networks together. Not for any number of them: the array of such a call would
    /// be an allocation in every step.
    package static func scale(_ first: [Float], _ second: [Float], bound: Double) -> Float {
        scale(squares(first) + squares(second), bound: bound)
    }

    private static func scale(_ squares: Double, bound: Double) -> Float {
        let norm = squares.squareRoot()
        return norm > bound ? Float(bound / norm) : 1
    }

    private static func squares(_ gradients: [Float]) -> Double {
        gradients.withUnsafeBufferPointer { gradients in
            gradients.baseAddress.map { outlier_sum_of_float_squares($0, gradients.count) } ?? 0
        }
    }
}
