import Foundation
public import OutlierCore

/// Tables as people have them and as textbooks do not: duplicates, constants, columns that depend on each other, whole
/// numbers, ratings, units far from 1, offsets, holes.
///
///     let failures = DegenerateTables.check(detector)
///
/// A detector gives finite scores, in which the rows that are far out stand out, or an error that says what to do. What it
/// scores does not depend on where 0 lies.
public enum DegenerateTables {
    public struct Table: Sendable {
        public var name: String
        public var data: Dataset
        /// The rows that are far out.
        public var truth: [Bool]
        /// How well scores are to find these, as ROC-AUC; `nil` where the table asks for finite numbers alone.
        public var floor: Double?
    }

    /// - Parameters:
    ///   - rows: at least 100.
    ///   - columns: at least 4.
    public static func all(rows: Int = 300, columns: Int = 5, seed: UInt64 = 11) throws -> [Table] {
        var random = RandomSource(seed: seed)
        let anomalies = max(3, rows / 50)
        let truth = (0..<rows).map { $0 < anomalies }
        // Multiples of 2⁻¹⁰, which no offset up to 2³⁰ rounds.
        let plain = (0..<rows).map { row in
            (0..<columns).map { _ -> Double in
                let value = random.normal() + (truth[row] ? (random.uniform() < 0.5 ? -7 : 7) : 0)
                return (value * 1024).rounded() / 1024
            }
        }
        let holes = (0..<rows * columns).map { _ in random.uniform() < 0.4 }
        var tables: [Table] = []
        func add(_ name: String, floor: Double?, _ change: (Int, [Double]) -> [Double]) throws {
            let changed = plain.enumerated().map { change($0.offset, $0.element) }
            tables.append(Table(name: name, data: try Dataset(rows: changed), truth: truth, floor: floor))
        }
        try add("plain", floor: 0.8) { $1 }
        try add("offset of 1e9", floor: 0.8) { _, row in row.map { $0 + 1e9 } }
        try add("tiny unit", floor: 0.8) { _, row in row.map { $0 * 0x1p-60 } }
        try add("huge unit", floor: 0.8) { _, row in row.map { $0 * 0x1p60 } }
        try add("mixed units", floor: nil) { _, row in
            row.enumerated().map { $0.element * ($0.offset % 2 == 0 ? 0x1p30 : 0x1p-30) }
        }
        try add("whole numbers", floor: 0.8) { _, row in row.map { ($0 * 2).rounded() } }
        try add("ratings", floor: nil) { _, row in row.map { min(5, max(1, ($0 + 3).rounded())) } }
        try add("most rows equal", floor: nil) { index, row in index < rows / 30 ? row : row.indices.map(Double.init) }
        try add("every row twice", floor: nil) { index, _ in plain[index / 2] }
        try add("a constant column", floor: 0.75) { _, row in Array(row.dropLast()) + [7] }
        try add("constant columns", floor: nil) { _, row in row.indices.map { Double($0) * 1e6 } }
        try add("a column twice", floor: 0.75) { _, row in Array(row.dropLast()) + [row[0]] }
        try add("a sum of columns", floor: 0.75) { _, row in Array(row.dropLast()) + [row[0] + row[1]] }
        try add("a one-hot word", floor: nil) { index, row in
            [row[0], row[1]] + (0..<columns - 2).map { $0 == index % (columns - 2) ? 1 : 0 }
        }
        try add("one value fills a column", floor: nil) { index, row in
            Array(row.dropLast()) + [index % 5 == 0 ? 1 : 0]
        }
        try add("40 % missing", floor: nil) { index, row in
            row.enumerated().map { holes[index * columns + $0.offset] ? .nan : $0.element }
        }
        return tables
    }

    /// - Parameters:
    ///   - floors: whether rows that are far out must be found; some detectors look for other ones.
    ///   - exceptions: the names of tables on which the detector is known to be wrong. That it still is, is checked too.
    ///   - report: gets the name of each table and the seconds that fitting and scoring it took.
    /// - Returns: what is wrong, in sentences.
    public static func check(
        _ detector: some Detector, floors: Bool = true, rows: Int = 300, exceptions: [String] = [],
        report: (_ table: String, _ seconds: Double) -> Void = { _, _ in }
    ) throws -> [String] {
        var failures: [String] = []
        var plainScores: [Double]?
        for table in try all(rows: rows) {
            let start = Date()
            do {
                let fit = try detector.fitAndScore(table.data, context: FitContext(seed: 1))
                let scores = fit.scores.values
                let again = try fit.model.scores(of: table.data).values
                report(table.name, Date().timeIntervalSince(start))
                guard (scores + again).allSatisfy(\.isFinite) else {
                    failures.append("\(table.name): a score is not finite")
                    continue
                }
                if table.name == "plain" { plainScores = scores }
                if floors, let floor = table.floor {
                    let area = try ROCAUC().value(of: Evaluation(scores: scores, truth: table.truth)).number ?? 0
                    if area < floor { failures.append("\(table.name): the ROC-AUC is \(area)") }
                }
                if ["offset of 1e9"].contains(table.name), let plainScores {
                    let agreement = Agreement.spearman(scores, plainScores)
                    if agreement < 0.98 { failures.append("\(table.name): the rank correlation is \(agreement)") }
                }
            } catch let error as OutlierError {
                if error.suggestion == nil { failures.append("\(table.name): no suggestion: \(error)") }
                if table.floor != nil { failures.append("\(table.name): refused: \(error)") }
            }
        }
        let outdated = exceptions.filter { name in !failures.contains { $0.hasPrefix("\(name): ") } }
        return failures.filter { failure in !exceptions.contains { failure.hasPrefix("\($0): ") } }
            + outdated.map { "\($0): is no exception any more" }
    }
}
