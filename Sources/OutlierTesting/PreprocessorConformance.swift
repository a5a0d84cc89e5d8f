public import OutlierCore

/// The promises that every preprocessor makes (see `FittedPreprocessor`), as checks.
public enum PreprocessorConformance {
    /// - Parameters:
    ///   - registry: has the preprocessor, to load what it learnt again.
    ///   - report: called with each point as soon as it is checked.
    @discardableResult
    public static func points(
        _ preprocessor: some Preprocessor, registry: Registry, report: (ConformancePoint) -> Void = { _ in }
    ) -> [ConformancePoint] {
        let data = SyntheticData.clusters().data
        let tolerant = preprocessor.takes.contains(.missing)
        let checks: [(name: String, check: () throws -> [String])] = [
            (
                "the same seed gives the same rows, on any number of threads",
                {
                    let one = try fitted(preprocessor, data, threads: 1).transform(
                        data, execution: Execution(threads: 1))
                    let two = try fitted(preprocessor, data, threads: 3).transform(
                        data, execution: Execution(threads: 3))
                    return isSame(one.matrix, two.matrix) ? [] : ["two fits with one seed give different rows"]
                }
            ),
            (
                "a row becomes what it becomes, whatever the other rows",
                {
                    let model = try fitted(preprocessor, data)
                    let whole = try model.transform(data).matrix
                    var order = Array(0..<data.rowCount)
                    var random = RandomSource(seed: 3)
                    order.shuffle(using: &random)
                    let shuffled = try model.transform(data.selectingRows(order)).matrix
                    var failures: [String] = []
                    if !isSame(shuffled, whole.selectingRows(order)) {
                        failures.append("the order of the rows matters")
                    }
                    if !isSame(try model.transform(data.rows(3..<20)).matrix, whole.rows(3..<20)) {
                        failures.append("a part of the rows becomes something else")
                    }
                    if try model.transform(data.rows(0..<0)).rowCount != 0 { failures.append("no rows give rows") }
                    return failures
                }
            ),
            (
                "save, load, transform: equal to the bit",
                {
                    let model = try fitted(preprocessor, data)
                    var archive = ModelArchive()
                    try model.encode(to: &archive)
                    let bytes = try archive.bytes()
                    let loaded = try registry.loadPreprocessor(
                        preprocessor.recipe.name, from: bytes.withUnsafeBytes { try ModelArchive(bytes: $0) })
                    let same = isSame(try loaded.transform(data).matrix, try model.transform(data).matrix)
                    return same ? [] : ["what was loaded transforms differently"]
                }
            ),
            (
                "several threads transform with one model",
                {
                    let model = try fitted(preprocessor, data)
                    let whole = try model.transform(data).matrix
                    try Execution(threads: 4).forEach(8) { _ in
                        guard isSame(try model.transform(data, execution: Execution(threads: 2)).matrix, whole) else {
                            throw OutlierError(.numericalFailure, "rows differ between threads")
                        }
                    }
                    return []
                }
            ),
            (
                "empty tables, NaN, infinities and other widths are refused",
                {
                    var failures: [String] = []
                    func refuses(_ rows: [[Double]], _ what: String) {
                        do {
                            _ = try preprocessor.fit(Dataset(rows: rows), context: FitContext())
                            failures.append("\(what) is not refused")
                        } catch is OutlierError {
                        } catch {
                            failures.append("\(what): threw \(error)")
                        }
                    }
                    refuses([], "a table without rows")
                    refuses([[], []], "a table without columns")
                    refuses([[1, 2], [.infinity, 3]], "an infinite value")
                    if !tolerant { refuses([[1, 2], [.nan, 3]], "NaN") }
                    let model = try fitted(preprocessor, data)
                    do {
                        _ = try model.transform(Dataset(rows: [[1, 2]]))
                        failures.append("a row of another width is taken")
                    } catch is OutlierError {}
                    return failures
                }
            ),
            (
                "a fit can be cancelled",
                {
                    let cancellation = Cancellation()
                    cancellation.cancel()
                    let context = FitContext(execution: Execution(cancellation: cancellation))
                    do { _ = try preprocessor.fit(data, context: context) } catch is CancellationError {}
                    return []
                }
            ),
        ]
        return checks.map { name, check in
            var point = ConformancePoint(name: name, failures: [])
            do { point.failures = try check() } catch { point.failures = ["threw \(error)"] }
            report(point)
            return point
        }
    }

    private static func fitted<P: Preprocessor>(
        _ preprocessor: P, _ data: Dataset, threads: Int = 2
    ) throws -> P.Fitted {
        try preprocessor.fit(data, context: FitContext(seed: 7, execution: Execution(threads: threads)))
    }

    /// Equal to the bit; two NaN are.
    private static func isSame(_ first: Matrix, _ second: Matrix) -> Bool {
        first.rowCount == second.rowCount && first.columnCount == second.columnCount
            && first.values.map(\.bitPattern) == second.values.map(\.bitPattern)
    }
}
