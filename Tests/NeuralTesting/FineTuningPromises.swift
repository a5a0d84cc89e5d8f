package import OutlierCore
internal import OutlierTesting

/// What a detector whose fit can go on from another must do.
package enum FineTuningPromises {
    private static let names = ["a", "b", "c", "d", "e"]

    /// Rows on a plane in five columns, with a little noise.
    package static func table(_ rows: Int, seed: UInt64, names: [String]? = nil) throws -> Dataset {
        var random = RandomSource(seed: seed)
        let mixing: [[Double]] = [[1, 0.5, -1, 0.2, 2], [0.3, -1, 0.4, 1, -0.5]]
        let values = (0..<rows).map { _ in
            let (first, second) = (random.normal(), random.normal())
            return (0..<5).map { mixing[0][$0] * first + mixing[1][$0] * second + 0.05 * random.normal() }
        }
        return try Dataset(Matrix(rows: values), columns: (names ?? FineTuningPromises.names).map { Column($0) })
    }

    /// - Parameters:
    ///   - detector: of which a row's score depends on the networks alone (λ = 0, say, or the distance to a centre).
    ///   - parts: the names that freeze all that this score depends on.
    ///   - otherHidden: the same detector with other widths of its hidden layers.
    /// - Returns: what is not kept; empty where all is well.
    package static func check<D: FineTunable>(_ detector: D, parts: [String], otherHidden: D) throws -> [String] {
        var failures: [String] = []
        let context = FitContext(seed: 3)
        let first = try detector.fit(table(300, seed: 1), context: context)
        let data = try table(80, seed: 2)
        let expected = try first.scores(of: data).values
        func isNear(_ scores: [Double]) -> Bool {
            zip(scores, expected).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($1)) }
        }

        // With everything frozen the model is the first one.
        let frozen = FineTuning(freeze: parts, epochs: 2)
        let same = try detector.fitAndScore(data, startingFrom: first, settings: frozen, context: context).model
        if try same.scores(of: data).values != expected { failures.append("frozen parts change") }
        let tuning = FineTuning(epochs: 2)
        let fit = try detector.fitAndScore(data, startingFrom: first, settings: tuning, context: context)
        let (tuned, scores) = (fit.model, fit.scores.values)
        let after = try tuned.scores(of: data).values
        if after == expected { failures.append("nothing is learnt") }
        if !scores.allSatisfy(\.isFinite) { failures.append("a training row has no finite score") }
        // A small step from where the first model was, and the same at every time.
        let again = try detector.fitAndScore(data, startingFrom: first, settings: tuning, context: context).model
        if try again.scores(of: data).values != after { failures.append("the same seed gives another model") }
        if Agreement.spearman(after, expected) < 0.5 { failures.append("the first model is forgotten") }

        // A name that freezes nothing is an error, which says what would.
        do {
            let wrong = FineTuning(freeze: [parts[0], "encodr"], epochs: 1)
            _ = try detector.fitAndScore(data, startingFrom: first, settings: wrong, context: context)
            failures.append("a part that is not there is frozen")
        } catch let error as OutlierError {
            if error.code != .invalidParameter || error.suggestion?.contains(parts[0]) != true {
                failures.append("a part that is not there gives: \(error)")
            }
        }

        // Columns in another order, one of them renamed.
        let order = [3, 0, 4, 1, 2]
        let renamed = try Dataset(
            data.matrix.selectingColumns(order),
            columns: order.map { Column(names[$0] == "c" ? "renamed" : names[$0]) })
        let mapped = FineTuning(freeze: parts, epochs: 1, columns: ["renamed": "c"])
        let moved = try detector.fitAndScore(renamed, startingFrom: first, settings: mapped, context: context).model
        if try !isNear(moved.scores(of: renamed).values) { failures.append("columns are not found by their names") }

        // A column more, and one less.
        let wider = try Dataset(
            Matrix(rows: (0..<data.rowCount).map { data.matrix.row($0) + [Double($0 % 7)] }),
            columns: (names + ["new"]).map { Column($0) })
        let narrower = try Dataset(
            data.matrix.selectingColumns([0, 1, 3, 4]), columns: [0, 1, 3, 4].map { Column(names[$0]) })
        for other in [wider, narrower] {
            let modelFit = try detector.fitAndScore(
                other, startingFrom: first, settings: tuning, context: context)
            let (model, scores) = (modelFit.model, modelFit.scores.values)
            if model.featureCount != other.columnCount || !scores.allSatisfy(\.isFinite) {
                failures.append("\(other.columnCount) columns give no model")
            }
        }

        // What cannot be gone on from is said.
        func code(_ body: () throws -> Void) throws -> OutlierError.Code? {
            do {
                try body()
                return nil
            } catch let error as OutlierError { return error.code }
        }
        let strangers = try table(80, seed: 2, names: ["v", "w", "x", "y", "z"])
        let noColumn = try code { _ = try detector.fitAndScore(strangers, startingFrom: first, context: context) }
        if noColumn != .columnMismatch {
            failures.append("tables without a common column: \(String(describing: noColumn))")
        }
        let widths = try code { _ = try otherHidden.fitAndScore(data, startingFrom: first, context: context) }
        if widths != .invalidParameter { failures.append("other widths: \(String(describing: widths))") }
        return failures
    }
}
