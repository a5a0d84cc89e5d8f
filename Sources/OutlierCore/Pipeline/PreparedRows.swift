/// Rows as a pipeline's detector sees them, and where they were before.
public struct PreparedRows: Sendable {
    /// The rows that can be used, preprocessed.
    public internal(set) var data: Dataset
    /// For each row of `data`, its number before; `nil` where every row is there, in its order.
    public internal(set) var rows: [Int]?
    /// The rows that cannot be used, by their numbers before, each with the reason.
    public internal(set) var excluded: [Int: String] = [:]

    init(data: Dataset) { self.data = data }

    /// Takes rows out, by their numbers in `data`.
    mutating func remove(_ unusable: [Int: String]) {
        guard !unusable.isEmpty else { return }
        for (row, reason) in unusable { excluded[rows?[row] ?? row] = reason }
        let kept = (0..<data.rowCount).filter { unusable[$0] == nil }
        data = data.selectingRows(kept)
        rows = kept.map { rows?[$0] ?? $0 }
    }
}
