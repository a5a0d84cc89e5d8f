import OutlierCore

/// The rows that one tree is grown on.
enum TreeSample {
    /// The size of each sample: `requested`, or 256 where nothing is, but not more than there are rows.
    static func size(requested: Int?, rows: Int) -> Int { min(requested ?? 256, rows) }

    /// - Throws: where a tree could have more nodes than their numbers can count.
    static func check(size: Int) throws {
        guard size < Int(Int32.max) / 2 else {
            throw OutlierError(
                .invalidParameter, "a tree cannot be grown on \(size) rows", suggestion: "Set “sample-size” to 256.")
        }
    }
}
