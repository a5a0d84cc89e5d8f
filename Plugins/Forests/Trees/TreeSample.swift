import OutlierCore

/// The rows that one tree is grown on.
enum TreeSample {
    /// The size of each sample: `requested`, or 256 where nothing is, but not more than there are rows.
    static func size(requested: Int?, rows: Int) -> Int { min(requested ?? 256, rows) }

    /// Numbers of rows, each at most once unless `bootstrap`.
    static func draw(_ size: Int, of rows: Int, bootstrap: Bool, random: inout RandomSource) -> [Int] {
        if bootstrap { return (0..<size).map { _ in random.index(below: rows) } }
        return size == rows ? Array(0..<rows) : random.sample(size, below: rows)
    }

    /// - Throws: where a tree could have more nodes than their numbers can count.
    static func check(size: Int) throws {
        guard size < Int(Int32.max) / 2 else {
            throw OutlierError(
                .invalidParameter, "a tree cannot be grown on \(size) rows", suggestion: "Set “sample-size” to 256.")
        }
    }
}
