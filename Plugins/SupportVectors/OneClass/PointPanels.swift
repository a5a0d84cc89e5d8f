internal import CKernels
internal import OutlierCore

/// Points in the layout that the kernels in C take, with a weight each.
struct PointPanels: Sendable {
    static let lanes = Int(OUTLIER_SV_LANES)

    let columns: Int
    let panelCount: Int
    private let values: Storage<Double>
    private let weights: Storage<Double>

    static func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    /// - Parameters:
    ///   - indices: which rows are the points.
    ///   - weights: one for each of them; `nil` where only ``row(_:of:panels:into:)`` is asked for.
    init(_ rows: RowTable, indices: [Int32], weights: [Double]? = nil) {
        columns = rows.columns
        panelCount = PointPanels.padded(indices.count) / PointPanels.lanes
        values = Storage(uninitialized: panelCount * PointPanels.lanes * columns)
        self.weights = Storage(weights == nil ? 0 : panelCount * PointPanels.lanes, repeating: 0)
        if let weights {
            for (index, weight) in weights.prefix(indices.count).enumerated() { self.weights[index] = weight }
        }
        outlier_sv_pack(rows.base, indices, Int64(indices.count), Int64(columns), values.pointer)
    }

    /// The kernel between `row` and the points of some panels.
    func kernelRow(
        _ row: UnsafePointer<Double>, function: outlier_sv_kernel, panels: Range<Int>,
        into target: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: function) { function in
            outlier_sv_row(
                function, values.pointer + panels.lowerBound * PointPanels.lanes * columns, Int64(panels.count),
                Int64(columns), row, target + panels.lowerBound * PointPanels.lanes)
        }
    }

    /// For each row the sum over all points of weight × kernel. Each row's sum is its own: the same bits whatever the
    /// other rows and the number of threads.
    func weightedSums(
        _ rows: RowTable, function: outlier_sv_kernel, execution: Execution
    ) throws -> [Double] {
        try execution.map(rows.count, blockSize: 64) { range, target in
            guard let target = target.baseAddress else { return }
            withUnsafePointer(to: function) { function in
                outlier_sv_weighted_sums(
                    function, values.pointer, weights.pointer, Int64(panelCount), Int64(columns),
                    rows.row(range.lowerBound), Int64(range.count), target)
            }
        }
    }
}
