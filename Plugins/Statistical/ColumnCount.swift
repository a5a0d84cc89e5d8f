import OutlierCore

extension FittedDetector {
    /// For functions that users call with rows that nothing has checked.
    func checkColumnCount(_ data: Dataset) throws {
        guard data.columnCount == featureCount else {
            throw OutlierError(
                .shapeMismatch, "the data have \(data.columnCount) columns, but the model was fitted on \(featureCount)"
            )
        }
    }
}
