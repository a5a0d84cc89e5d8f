internal import OutlierCore

extension OneClassSupportVectorMachine.GammaRule {
    /// γ for a table.
    func value(for data: Dataset) throws -> Double {
        let columns = Double(data.columnCount)
        switch self {
        case .auto: return 1 / columns
        case .scale:
            let variance: Double = data.matrix.withUnsafeBufferPointer { values in
                if let weights = data.weights {
                    let total = weights.reduce(0, +) * columns
                    let shares = weights.map { $0 / total }
                    let mean = values.indices.reduce(0) { $0 + values[$1] * shares[$1 / data.columnCount] }
                    return values.indices.reduce(0) {
                        $0 + (values[$1] - mean) * (values[$1] - mean) * shares[$1 / data.columnCount]
                    }
                }
                let count = Double(values.count)
                let mean = values.reduce(0) { $0 + $1 / count }
                return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
            }
            guard variance.isFinite else {
                throw OutlierError(
                    .numericalFailure, "the values are too large for their variance",
                    suggestion: "Put the preprocessor “standard-scaler” or “robust-scaler” before the detector.")
            }
            // As scikit-learn has it: a table without spread counts as one of spread 1.
            return variance == 0 ? 1 / columns : min(1 / (columns * variance), .greatestFiniteMagnitude)
        }
    }
}
