/// Why a row has its score: what each column adds to it.
public struct RowExplanation: Sendable, Hashable {
    /// How the contributions were found.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// By the detector's own terms, less their means over training rows.
        case native
        /// Shapley values by sampling orders of the columns, against training rows (Štrumbelj & Kononenko, 2014).
        case shapley
    }

    /// What one column adds.
    public struct Feature: Sendable, Hashable {
        /// The column of the table, before any preprocessing.
        public var column: Column
        /// The row's value.
        public var value: Double
        /// What is usual in the column.
        public var usual: UsualValues
        /// Above 0 where the column makes the row more anomalous. Native: in units of the detector's terms; Shapley: in units
        /// of the score.
        public var contribution: Double
        /// The part of all contributions above 0, 0...1.
        public var share: Double
        /// The standard error of the contribution, where it was sampled.
        public var standardError: Double?

        /// The value as people write it.
        public var valueText: String { ValueText.text(value, of: column) }
        /// The usual values as people write them.
        public var usualText: String { ValueText.text(usual, of: column) }
    }

    /// The row's number in the data that were given, from 0.
    public var row: Int
    public var score: Double
    public var method: Method
    /// Every column, the largest contribution first; equal ones in the order of the columns.
    public var features: [Feature]
}
