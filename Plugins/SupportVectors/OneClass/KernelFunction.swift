internal import CKernels
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How alike two rows are, to a support vector machine.
public enum SupportVectorKernel: String, Sendable, CaseIterable {
    /// exp(−γ‖x − y‖²).
    case rbf
    /// x · y.
    case linear
    /// (γ x · y + c)^degree.
    case poly
    /// tanh(γ x · y + c). It is not positive definite: what is found is a stationary point, which may depend on the
    /// order of the rows.
    case sigmoid
}

/// A kernel with its parameters as numbers.
struct KernelFunction: Sendable {
    let kernel: SupportVectorKernel
    let gamma: Double
    let coefficient: Double
    let degree: Int

    /// What the kernels in C take.
    var native: outlier_sv_kernel {
        let kind =
            switch kernel {
            case .rbf: OUTLIER_SV_RBF
            case .linear: OUTLIER_SV_LINEAR
            case .poly: OUTLIER_SV_POLY
            case .sigmoid: OUTLIER_SV_SIGMOID
            }
        return outlier_sv_kernel(
            kind: Int32(kind.rawValue), degree: Int32(clamping: degree), gamma: gamma, coef0: coefficient)
    }

    /// Whether every matrix of this kernel is positive semidefinite, so that the optimum does not depend on the start.
    var isPositiveSemidefinite: Bool {
        switch kernel {
        case .rbf, .linear: true
        case .poly: coefficient >= 0
        case .sigmoid: false
        }
    }

    /// The kernel of each row with itself.
    func diagonal(_ rows: RowTable) -> [Double] {
        (0..<rows.count).map { index in
            if kernel == .rbf { return 1 }
            let row = rows.row(index)
            var product = 0.0
            for column in 0..<rows.columns { product += row[column] * row[column] }
            switch kernel {
            case .rbf: return 1
            case .linear: return product
            case .poly: return KernelFunction.power(gamma * product + coefficient, degree)
            case .sigmoid: return tanh(gamma * product + coefficient)
            }
        }
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var base = base
        var exponent = exponent
        while exponent > 0 {
            if exponent & 1 == 1 { result *= base }
            base *= base
            exponent >>= 1
        }
        return result
    }
}

/// Rows in memory that others keep alive, row-major.
struct RowTable: @unchecked Sendable {
    let base: UnsafePointer<Double>
    let count: Int
    let columns: Int

    func row(_ index: Int) -> UnsafePointer<Double> { base + index * columns }
}
