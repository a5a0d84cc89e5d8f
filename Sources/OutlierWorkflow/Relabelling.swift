import Foundation
public import Outlier
public import OutlierConfig
public import OutlierData
public import OutlierLabelReview

/// The labels of a configuration's table that are probably wrong.
public struct Relabelling: Sendable {
    public let review: SuspectLabels
    public let table: Table

    /// Fits the configuration's pipeline without each part of the labelled rows in turn, and compares what it makes of them
    /// with their labels: those that a fit may know, or else the truth.
    ///
    /// - Parameters:
    ///   - folds: how many parts the labelled rows are dealt into; at least 2.
    ///   - rounds: how often this is done, each time with other parts.
    /// - Throws: what ``LabelReview/suspects(in:context:)`` throws.
    public init(
        _ configuration: RunConfiguration, folds: Int = 5, rounds: Int = 5, execution: Execution? = nil,
        observer: (@Sendable (FitProgress) -> Void)? = nil
    ) throws {
        let detector = try configuration.requiredDetector()
        let execution = execution ?? configuration.execution()
        let table = try configuration.data.read(execution: execution)
        let context = FitContext(seed: UInt64(configuration.seed), execution: execution, observer: observer)
        review = try UnusableWeights.explaining(configuration.registry) {
            try LabelReview(detector, preprocessors: configuration.preprocessors, folds: folds, rounds: rounds)
                .suspects(in: table.labelledRows(), context: context)
        }
        self.table = table
    }

    /// The suspect rows as a CSV table: identifier, given label, probability of an anomaly, rank.
    public var csv: String {
        func field(_ text: String) -> String {
            let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            return needsQuotes ? "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : text
        }
        var lines = "\(field(table.rowNaming)),given,probability,rank\n"
        for (rank, suspect) in review.suspects.enumerated() {
            lines += "\(field(table.name(of: suspect.row))),\(suspect.given.word),\(suspect.probability),\(rank + 1)\n"
        }
        return lines
    }

    /// Writes ``csv`` to a file, under its name only when it is complete.
    public func write(to path: String) throws {
        try OutputFolder.prepare(for: path)
        try AtomicFile.write(csv, to: path)
    }
}

extension Table {
    /// The rows with what is known of them: what a fit may know, or else the truth. For what judges labels or holds some of
    /// them back, and never for a fit whose scores are measured by the same truth.
    func labelledRows() throws -> Dataset {
        try rows.replacing(labels: rows.labels ?? truth?.labels)
    }
}

extension Label {
    /// The label in a table or a list.
    public var word: String {
        switch self {
        case .anomaly: "anomaly"
        case .normal: "normal"
        case .unlabeled: "unlabeled"
        }
    }
}
