internal import OutlierCore

/// Which rows are taken to make up others.
public enum AugmentedRows: String, Sendable, CaseIterable {
    case all
    /// Rows that are no known anomalies.
    case normal
    /// Known anomalies.
    case anomaly

    func rows(of data: Dataset) throws -> [Int] {
        let all = Array(0..<data.rowCount)
        guard self != .all, let labels = data.labels else { return all }
        let chosen = all.filter { (labels[$0] == .anomaly) == (self == .anomaly) }
        guard !chosen.isEmpty else {
            throw OutlierError(
                .missingLabels, "no row is \(self == .anomaly ? "known to be an anomaly" : "normal")",
                suggestion: "Name the column that says so (“known-labels”), or take “rows: all”.")
        }
        return chosen
    }

    var labelUse: LabelUse { self == .anomaly ? .required : .optional }
}
