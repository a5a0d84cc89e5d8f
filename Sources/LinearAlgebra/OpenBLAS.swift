internal import COpenBLAS
internal import OutlierCore

/// What every entry into BLAS or LAPACK goes through.
enum OpenBLAS {
    /// One thread for the library: the engine splits work over its own threads, in blocks that do not depend on how
    /// many there are, and two pools of threads would be in each other's way.
    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// Must be called before any routine of the library.
    static func prepare() { _ = singleThreaded }

    /// A dimension as the library wants it.
    ///
    /// - Throws: ``OutlierError/Code/numericalFailure`` where it is beyond the library's integers.
    static func dimension(_ value: Int) throws -> blasint {
        prepare()
        guard let dimension = blasint(exactly: value) else {
            throw OutlierError(.numericalFailure, "a matrix with \(value) rows or columns is too large for LAPACK")
        }
        return dimension
    }

    /// The size of a workspace, as a query returned it.
    static func workspace(_ size: Double) throws -> blasint {
        guard size.isFinite, let count = blasint(exactly: max(1, size.rounded(.up))) else {
            throw OutlierError(.numericalFailure, "LAPACK asks for a workspace that is too large")
        }
        return count
    }

    /// - Throws: ``OutlierError/Code/numericalFailure`` where `info` says that a routine failed.
    static func check(_ info: blasint, _ what: String) throws {
        guard info == 0 else {
            throw OutlierError(.numericalFailure, "\(what) did not succeed (LAPACK's code \(info))")
        }
    }

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where `copies` squares of the columns are more than the memory there is.
    static func requireSquare(ofColumns count: Int, copies: Double = 3) throws {
        let gibibyte = 1_073_741_824.0
        let needed = copies * 8 * Double(count) * Double(count)
        guard needed > MachineMemory.limit else { return }
        throw OutlierError(
            .shapeMismatch,
            "\(count) columns are too many to compare each with each: that takes \(Int((needed / gibibyte).rounded(.up))) GiB, and there are \(Int(MachineMemory.limit / gibibyte))",
            suggestion:
                "Put a preprocessor before it that leaves fewer columns: {pca: {components: 32}}, {random-projection: {components: 32}} or “variance”."
        )
    }

    /// LAPACK's routines may loop for ever over values that are not finite.
    static func requireFinite(_ matrix: Matrix, _ what: String) throws {
        let sum = matrix.withUnsafeBufferPointer { values in values.reduce(0) { $0 + $1 * 0 } }
        guard sum == 0 else {
            throw OutlierError(
                .numericalFailure, "\(what) has elements that are not finite: the values are too large",
                suggestion: "Put the preprocessor “standard-scaler” or “robust-scaler” before it.")
        }
    }
}
