public import OutlierCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Scores that a reference implementation gave, read from a JSON file that a committed script wrote:
///
///     {"tables": {"NAME": {"train": [[…]], "new": [[…]]}},
///      "cases": [{"detector": "lof", "parameters": {…}, "table": "NAME",
///                 "training_scores": […], "new_scores": […]}]}
///
/// A case may have `weights`, one for each row of `train`.
public struct GoldenScores: Sendable {
    /// One detector on one table.
    public struct Case: Sendable {
        public let detector: Recipe
        public let train: Dataset
        public let new: Dataset
        /// What the reference gives the rows of `train` by its rule for training rows.
        public let trainingScores: [Double]
        /// What the reference gives the rows of `new`; empty where it was not asked.
        public let newScores: [Double]
    }

    public let cases: [Case]

    /// - Throws: ``OutlierError/Code/malformedFile`` where the file is not as described.
    public init(contentsOf path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OutlierError(.inputOutput, "cannot read “\(path)”")
        }
        let root = try Value(json: data)
        func malformed(_ what: String) -> OutlierError { OutlierError(.malformedFile, "\(path): \(what)") }
        func numbers(_ value: Value?) -> [Double] { value?.array?.compactMap(\.double) ?? [] }
        func dataset(_ value: Value?) throws -> Dataset { try Dataset(rows: (value?.array ?? []).map(numbers)) }
        cases = try (root["cases"]?.array ?? []).map { entry in
            guard let name = entry["detector"]?.string,
                let table = entry["table"]?.string.flatMap({ root["tables"]?[$0] })
            else { throw malformed("a case has no detector or no table") }
            let train = try dataset(table["train"])
            return Case(
                detector: Recipe(name: name, parameters: entry["parameters"] ?? .object([])),
                train: try train.replacing(labels: nil, weights: entry["weights"].map { numbers($0) }),
                new: try dataset(table["new"]),
                trainingScores: numbers(entry["training_scores"]), newScores: numbers(entry["new_scores"]))
        }
        guard !cases.isEmpty else { throw malformed("there are no cases") }
    }
}

/// How near two lists of scores are to each other.
public enum Agreement {
    /// Spearman's rank correlation, ties getting their mean rank. 1 where both are constant.
    public static func spearman(_ first: [Double], _ second: [Double]) -> Double {
        if let correlation = Correlation.spearman(first, second) { return correlation }
        return isConstant(first) && isConstant(second) ? 1 : 0
    }

    private static func isConstant(_ values: [Double]) -> Bool { values.allSatisfy { $0 == values.first } }

    /// The largest |a − b| / max(1, |b|).
    public static func largestDifference(_ first: [Double], _ second: [Double]) -> Double {
        guard first.count == second.count else { return .infinity }
        return zip(first, second).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
    }

    /// Ranks from 1, ties getting their mean rank.
    public static func ranks(_ values: [Double]) -> [Double] {
        Ranks.averaged(values)
    }
}
