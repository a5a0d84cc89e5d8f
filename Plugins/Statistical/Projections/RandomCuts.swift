import CKernels
import OutlierCore

/// Sparse random projections.
struct RandomCuts: Sendable {
    /// The rows that one call of a kernel handles.
    static let blockSize = 2048

    let columnCount: Int
    /// Where the features of each projection begin, and the end of the last.
    let starts: [UInt32]
    let features: [UInt32]
    let weights: [Double]

    var count: Int { starts.count - 1 }

    /// ⌊√d⌋ columns for each projection, with standard normal weights.
    init(count: Int, columnCount: Int, context: FitContext) {
        let share = max(1, Int(Double(columnCount).squareRoot()))
        var features: [UInt32] = []
        var weights: [Double] = []
        for cut in 0..<count {
            var random = context.random(stream: cut)
            for feature in random.sample(share, below: columnCount).sorted() {
                features.append(UInt32(feature))
                weights.append(random.normal())
            }
        }
        self.columnCount = columnCount
        self.features = features
        self.weights = weights
        starts = (0...count).map { UInt32($0 * share) }
    }

    /// The columns that a projection uses.
    func features(of cut: Int) -> ArraySlice<UInt32> { features[Int(starts[cut])..<Int(starts[cut + 1])] }

    /// - Parameter histograms: those of the projections, where there are any yet.
    func withKernel<Result>(
        _ histograms: HistogramSet?,
        _ body: (UnsafePointer<outlier_cuts>, UnsafeMutablePointer<Double>) throws -> Result
    ) rethrows -> Result {
        let scratch = UnsafeMutablePointer<Double>.allocate(capacity: columnCount * Int(outlier_cuts_strip))
        defer { scratch.deallocate() }
        return try starts.withUnsafeBufferPointer { starts in
            try features.withUnsafeBufferPointer { features in
                try weights.withUnsafeBufferPointer { weights in
                    var kernel = outlier_cuts()
                    kernel.count = count
                    kernel.columns = columnCount
                    kernel.starts = starts.baseAddress
                    kernel.features = features.baseAddress
                    kernel.weights = weights.baseAddress
                    guard let histograms else { return try body(&kernel, scratch) }
                    return try histograms.withKernel { inner in
                        kernel.edges = inner.pointee.edges
                        kernel.edge_starts = inner.pointee.edge_starts
                        kernel.bins = inner.pointee.bins
                        return try body(&kernel, scratch)
                    }
                }
            }
        }
    }
}

extension RandomCuts: Persistable {
    func encode(to archive: inout ModelArchive) {
        archive.store(columnCount, as: "columns")
        archive.store((0..<count).map { Int(starts[$0 + 1] - starts[$0]) }, as: "feature-counts")
        archive.store(features.map(Int.init), as: "features")
        archive.store(weights, as: "weights")
    }

    init(from archive: ModelArchive, registry: Registry) throws {
        columnCount = try archive.integer("columns", in: 1...(1 << 24))
        features = try archive.integers("features", in: 0...columnCount - 1).map { UInt32($0) }
        weights = try archive.doubles("weights", count: features.count)
        let counts = try archive.integers("feature-counts", in: 0...features.count)
        var starts: [UInt32] = [0]
        var total = 0
        for count in counts {
            guard count <= features.count - total else {
                throw OutlierError(.invalidModel, "the model's projections need more features than there are")
            }
            total += count
            starts.append(UInt32(total))
        }
        guard total == features.count, !counts.isEmpty, weights.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the model's projections do not fit their features")
        }
        self.starts = starts
    }
}
