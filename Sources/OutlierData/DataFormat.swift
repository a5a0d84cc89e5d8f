/// What a table is written in.
public enum DataFormat: String, CaseIterable, Sendable {
    case csv
    case tsv
    case npy
    case npz
    case jsonLines = "json-lines"
    case sqlite
}
