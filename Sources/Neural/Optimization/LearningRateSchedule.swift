internal import Foundation

/// What the learning rate is multiplied by as a training goes on.
package enum LearningRateSchedule: Hashable, Sendable {
    case constant
    /// By `factor` after every `epochs` epochs.
    case stepped(epochs: Int, factor: Double)
    /// By `factor` after every epoch.
    case exponential(factor: Double)
    /// Down half a cosine to `floor` at the end of the training (Loshchilov & Hutter 2017).
    case cosine(floor: Double = 0)
    /// Up a straight line over the first `steps` steps, then as `then`.
    indirect case warmUp(steps: Int, then: LearningRateSchedule)

    /// - Parameters:
    ///   - step: from 0.
    ///   - stepsPerEpoch: at least 1.
    ///   - totalSteps: of the whole training.
    package func factor(step: Int, stepsPerEpoch: Int, totalSteps: Int) -> Double {
        switch self {
        case .constant: 1
        case .stepped(let epochs, let factor): pow(factor, Double(step / stepsPerEpoch / max(1, epochs)))
        case .exponential(let factor): pow(factor, Double(step / stepsPerEpoch))
        case .cosine(let floor):
            floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * min(1, Double(step) / Double(max(1, totalSteps)))))
        case .warmUp(let steps, let then):
            step < steps
                ? Double(step + 1) / Double(steps)
                : then.factor(step: step - steps, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps - steps)
        }
    }
}
