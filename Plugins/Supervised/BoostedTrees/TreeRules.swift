/// What boosted trees may look like.
struct TreeRules: Sendable {
    /// How many cuts lie between the root and a leaf at most.
    var depth: Int
    /// What is added to the sum of hessians of every leaf: λ.
    var regularization: Double
    /// What a cut must lower the loss by: γ.
    var minimumGain: Double
    /// The least sum of hessians on either side of a cut.
    var minimumWeight: Double
    /// What the values of leaves are multiplied by.
    var learningRate: Double

    /// By how much a leaf with these sums lowers the loss, but for a factor of 1/2.
    func gain(_ sums: GradientSums) -> Double {
        sums.gradient * sums.gradient / (sums.hessian + regularization)
    }

    /// The value of a leaf with these sums: a step of Newton's method.
    func value(_ sums: GradientSums) -> Double {
        let denominator = sums.hessian + regularization
        return denominator > 0 ? -learningRate * sums.gradient / denominator : 0
    }
}

/// The sums of first and second derivatives of the loss over some rows.
struct GradientSums: Sendable {
    var gradient = 0.0
    var hessian = 0.0

    static func + (left: GradientSums, right: GradientSums) -> GradientSums {
        GradientSums(gradient: left.gradient + right.gradient, hessian: left.hessian + right.hessian)
    }

    static func - (left: GradientSums, right: GradientSums) -> GradientSums {
        GradientSums(gradient: left.gradient - right.gradient, hessian: left.hessian - right.hessian)
    }
}
