package import OutlierCore

/// What a detector that takes words and numbers must do, beyond what every detector must.
package enum MixedPromises {
    /// - Parameters:
    ///   - areaFloor: the least ROC-AUC for rows of which only the combination of words is wrong.
    ///   - unknownFloor: the least share of rows whose score a word that the fit never saw must raise.
    /// - Returns: what is not kept; empty where all is well.
    package static func check<D: Detector>(
        _ detector: D, registry: Registry, areaFloor: Double, unknownFloor: Double
    ) throws -> [String] {
        var failures: [String] = []
        let (data, truth) = try MixedTable.services(rows: 600, anomalies: 18, seed: 4)
        let fit = try detector.fitAndScore(data, context: FitContext(seed: 2))
        let (model, scores) = (fit.model, fit.scores.values)
        let area = try ROCAUC().number(of: Evaluation(scores: scores, truth: truth))
        if area < areaFloor { failures.append("ROC-AUC \(area) of a wrong combination of words") }
        let (fresh, _) = try MixedTable.services(rows: 80, anomalies: 4, seed: 5)
        let given = try model.scores(of: fresh).values

        // The threads do not matter, nor do the codes that words happen to have.
        let one = try detector.fit(data, context: FitContext(seed: 2, execution: Execution(threads: 1)))
        if try one.scores(of: fresh).values != given { failures.append("another number of threads gives other scores") }
        if try model.scores(of: MixedTable.withReversedWords(fresh)).values != given {
            failures.append("words in another order give other scores")
        }
        // A word that the fit never saw has a slot of its own.
        let unknown = try model.scores(of: MixedTable.withUnknownWord(fresh, column: 1)).values
        if unknown.contains(where: { !$0.isFinite }) { failures.append("an unknown word has no finite score") }
        let higher = zip(unknown, given).count { $0 > $1 }
        if Double(higher) < unknownFloor * Double(given.count) {
            failures.append("an unknown word raises only \(higher) of \(given.count) scores")
        }
        // Words where numbers were, and the other way round, are an error.
        let numbers = Dataset(fresh.matrix)
        do {
            _ = try model.scores(of: numbers)
            failures.append("numbers are taken for words")
        } catch let error as OutlierError where error.code == .columnMismatch {}

        // On disk and back.
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let loaded = try archive.bytes().withUnsafeBytes {
            try D.Fitted(from: ModelArchive(bytes: $0), registry: registry)
        }
        if try loaded.scores(of: fresh).values != given { failures.append("a model that was saved gives other scores") }
        return failures
    }
}
