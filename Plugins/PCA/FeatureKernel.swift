internal import LinearAlgebra
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What stands for the inner product of two rows in a feature space.
public enum FeatureKernelKind: String, CaseIterable, Sendable {
    /// exp(−γ ‖x − y‖²).
    case rbf
    /// (γ x·y + offset)^degree.
    case poly
    /// tanh(γ x·y + offset): not positive definite for every choice of γ and offset.
    case sigmoid
    /// x·y.
    case linear
    /// x·y / (‖x‖ ‖y‖), 0 where a row is 0.
    case cosine
}

/// A kernel between rows and landmarks. A row's values have the same bits in every batch.
struct FeatureKernel: Sendable {
    let kind: FeatureKernelKind
    let gamma: Double
    let degree: Int
    let offset: Double
    /// A row each; of length 1 for the cosine kernel.
    let landmarks: Matrix
    private let packed: PackedColumns

    init(kind: FeatureKernelKind, gamma: Double, degree: Int, offset: Double, landmarks: Matrix) {
        self.kind = kind
        self.gamma = gamma
        self.degree = degree
        self.offset = offset
        var landmarks = landmarks
        if kind == .cosine {
            let norms = (0..<landmarks.rowCount).map { row in
                landmarks.row(row).reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            // A length of 1 within rounding stays as it is, so that a saved model's landmarks are not rounded again.
            landmarks.scaleRows(by: norms.map { $0 > 0 && abs($0 - 1) > 1e-14 ? 1 / $0 : 1 })
        }
        self.landmarks = landmarks
        packed = PackedColumns(landmarks.transposed())
    }

    var scratchCount: Int { packed.scratchCount }

    /// k(x, landmark) for consecutive rows x (rows × landmarks), and k(x, x) for each.
    func evaluate(
        _ rows: UnsafePointer<Double>, count: Int, scratch: UnsafeMutablePointer<Double>,
        into values: UnsafeMutablePointer<Double>, selfValues: UnsafeMutablePointer<Double>
    ) {
        let width = landmarks.columnCount
        let size = landmarks.rowCount
        let all = UnsafeMutableBufferPointer(start: values, count: count * size)
        if kind == .rbf {
            packed.squaredDistances(rows, count: count, scratch: scratch, into: values)
            exponentiate(all, factor: -gamma)
        } else {
            packed.project(rows, count: count, centers: nil, scratch: scratch, into: values)
        }
        for row in 0..<count {
            var squares = 0.0
            for column in 0..<width { squares += rows[row * width + column] * rows[row * width + column] }
            switch kind {
            case .rbf: selfValues[row] = 1
            case .linear, .poly, .sigmoid: selfValues[row] = shaped(squares)
            case .cosine:
                selfValues[row] = squares > 0 ? 1 : 0
                let factor = squares > 0 ? 1 / squares.squareRoot() : 0
                for index in row * size..<(row + 1) * size { values[index] *= factor }
            }
        }
        if kind == .poly || kind == .sigmoid { for index in all.indices { all[index] = shaped(all[index]) } }
    }

    /// The kernel of an inner product.
    private func shaped(_ product: Double) -> Double {
        switch kind {
        case .rbf, .linear, .cosine: return product
        case .sigmoid: return tanh(gamma * product + offset)
        case .poly:
            let base = gamma * product + offset
            var power = 1.0
            for _ in 0..<degree { power *= base }
            return power
        }
    }

    /// k(x, landmark) for all rows.
    func matrix(_ data: Matrix, execution: Execution) throws -> Matrix {
        let size = landmarks.rowCount
        return try data.withUnsafeBufferPointer { source in
            let source = SharedReadBuffer(source)
            return try Matrix(rowCount: data.rowCount, columnCount: size) { target in
                let target = SharedBuffer(target)
                try execution.forEachBlock(of: data.rowCount, size: 48) { rows in
                    guard let start = source.buffer.baseAddress, let out = target.buffer.baseAddress else { return }
                    withUnsafeTemporaryAllocation(of: Double.self, capacity: scratchCount + rows.count) { scratch in
                        guard let scratch = scratch.baseAddress else { return }
                        evaluate(
                            start + rows.lowerBound * data.columnCount, count: rows.count,
                            scratch: scratch + rows.count, into: out + rows.lowerBound * size, selfValues: scratch)
                    }
                }
            }
        }
    }
}
