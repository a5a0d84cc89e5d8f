internal import CKernels
package import OutlierCore

/// What predictions cost, element by element. The loss of a row is the mean over its elements, and the loss of a batch
/// the mean over its rows.
package enum Loss: Hashable, Sendable {
    /// (p − t)².
    case squared
    /// |p − t|.
    case absolute
    /// ½ (p − t)² up to |p − t| = `delta`, linear beyond (Huber 1964).
    case huber(delta: Float)
    /// Binary cross-entropy between the target, 0...1, and the sigmoid of the prediction.
    case logistic

    /// The mean loss of `rows` rows.
    ///
    /// - Parameters:
    ///   - predictions: rows × width.
    ///   - targets: rows × width.
    ///   - weight: what the gradient is multiplied by; the loss is not.
    ///   - gradient: gets the gradient of `weight` · the mean loss with respect to the predictions.
    ///   - rowLosses: gets each row's loss, in an order of summation of its own.
    package func evaluate(
        _ predictions: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int, width: Int, weight: Float = 1,
        gradient: UnsafeMutablePointer<Float>? = nil, rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        outlier_losses(
            kernel, parameter, predictions, targets, rows, width, weight / Float(rows * width), rowLosses, gradient,
            nil)
        return Loss.mean(rowLosses, rows: rows, divisor: Float(width))
    }

    /// Each element's loss.
    package func elementLosses(
        _ predictions: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int, width: Int,
        into losses: UnsafeMutablePointer<Float>, rowSums: UnsafeMutablePointer<Float>
    ) {
        outlier_losses(kernel, parameter, predictions, targets, rows, width, 1, rowSums, nil, losses)
    }

    private var kernel: outlier_loss {
        switch self {
        case .squared: OUTLIER_LOSS_SQUARED
        case .absolute: OUTLIER_LOSS_ABSOLUTE
        case .huber: OUTLIER_LOSS_HUBER
        case .logistic: OUTLIER_LOSS_LOGISTIC
        }
    }

    private var parameter: Float { if case .huber(let delta) = self { delta } else { 0 } }

    /// Divides each row's sum and returns their mean.
    static func mean(_ sums: UnsafeMutablePointer<Float>, rows: Int, divisor: Float) -> Double {
        var total = 0.0
        for row in 0..<rows {
            sums[row] /= divisor
            total += Double(sums[row])
        }
        return total / Double(rows)
    }
}

/// Losses of probabilistic models. Unlike ``Loss``, a row's is the sum over its elements, as in a likelihood; a batch's is
/// the mean over rows. The Bernoulli likelihood is ``Loss/logistic`` times the width.
package enum Likelihood {
    /// The mean of −ln N(target; mean, e^logVariance).
    ///
    /// - Parameters: as ``Loss/evaluate(_:_:rows:width:weight:gradient:rowLosses:)``; each gradient may be `nil`.
    package static func gaussian(
        means: UnsafePointer<Float>, logVariances: UnsafePointer<Float>, targets: UnsafePointer<Float>, rows: Int,
        width: Int, weight: Float = 1, meanGradient: UnsafeMutablePointer<Float>? = nil,
        logVarianceGradient: UnsafeMutablePointer<Float>? = nil, rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        outlier_gaussian_losses(
            means, logVariances, targets, rows, width, weight / Float(rows), rowLosses, meanGradient,
            logVarianceGradient)
        return Loss.mean(rowLosses, rows: rows, divisor: 1)
    }

    /// The mean of −ln Bernoulli(target; sigmoid(logit)).
    package static func bernoulli(
        logits: UnsafePointer<Float>, targets: UnsafePointer<Float>, rows: Int, width: Int, weight: Float = 1,
        gradient: UnsafeMutablePointer<Float>? = nil, rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        outlier_losses(
            OUTLIER_LOSS_LOGISTIC, 0, logits, targets, rows, width, weight / Float(rows), rowLosses, gradient, nil)
        return Loss.mean(rowLosses, rows: rows, divisor: 1)
    }

    /// The mean of KL(N(mean, e^logVariance) ‖ N(0, 1)). The gradients are **added** to what stands there.
    package static func divergenceFromNormal(
        means: UnsafePointer<Float>, logVariances: UnsafePointer<Float>, rows: Int, width: Int, weight: Float = 1,
        meanGradient: UnsafeMutablePointer<Float>? = nil, logVarianceGradient: UnsafeMutablePointer<Float>? = nil,
        rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        outlier_normal_divergences(
            means, logVariances, rows, width, weight / Float(rows), rowLosses, meanGradient, logVarianceGradient)
        return Loss.mean(rowLosses, rows: rows, divisor: 1)
    }
}

extension Loss {
    /// The names in model files, and the parameter where there is one.
    package var value: Value {
        switch self {
        case .squared: "squared"
        case .absolute: "absolute"
        case .huber(let delta): .object([Value.Entry("huber", .number(Double(delta)))])
        case .logistic: "logistic"
        }
    }

    /// - Throws: ``OutlierError/Code/invalidModel`` for what ``value`` does not write.
    package init(_ value: Value) throws {
        if let match = [Loss.squared, .absolute, .logistic].first(where: { $0.value == value }) {
            self = match
        } else if let delta = value["huber"]?.double, delta > 0, delta.isFinite {
            self = .huber(delta: Float(delta))
        } else {
            throw OutlierError(.invalidModel, "there is no loss \(value)")
        }
    }
}
