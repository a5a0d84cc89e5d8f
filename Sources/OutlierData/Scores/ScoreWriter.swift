import OutlierCore

/// Writes scores to a file, a database or standard output.
///
/// A file appears under its name only when it is complete. Numbers are written with as many digits as are needed to
/// read the same bits back.
public struct ScoreWriter: Sendable {
    /// A file's path, or `-` for standard output. `.gz` and `.zst` behind it pack it.
    public var path: String
    /// CSV, TSV, JSON lines or SQLite.
    public var format: DataFormat
    /// The database's table, which is replaced.
    public var tableName: String

    /// - Parameter format: `nil` for that of the extension, CSV where it says nothing.
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` for a format that scores are not written in.
    public init(path: String, format: DataFormat? = nil, tableName: String = "scores") throws {
        let format = format ?? (path == "-" ? nil : DataFormat(path: path)) ?? .csv
        guard format != .npy, format != .npz else {
            throw ScoreWriter.notWritten(format)
        }
        if format == .sqlite, path == "-" || Compression(path: path) != nil {
            throw OutlierError(.invalidConfiguration, "a database can be written only to a file of its own")
        }
        self.path = path
        self.format = format
        self.tableName = tableName
    }

    /// - Throws: ``OutlierError/Code/inputOutput``.
    public func write(_ table: ScoreTable) throws {
        switch format {
        case .tsv: try writeDelimited(table, delimiter: UInt8(ascii: "\t"))
        case .jsonLines: try writeJSONLines(table)
        case .csv: try writeDelimited(table, delimiter: UInt8(ascii: ","))
        case .sqlite: try DatabaseScoreWriter(path: path, tableName: tableName).write(table)
        case .npy, .npz: throw ScoreWriter.notWritten(format)
        }
    }

    private static func notWritten(_ format: DataFormat) -> OutlierError {
        OutlierError(
            .invalidConfiguration, "scores are not written as \(format.rawValue)",
            suggestion: "Use csv, tsv, json-lines or sqlite.")
    }

    private func writeDelimited(_ table: ScoreTable, delimiter: UInt8) throws {
        let output = TextOutput(try ByteSinks.open(path: path))
        for (index, name) in table.columnNames.enumerated() {
            if index > 0 { output.append(delimiter) }
            output.appendField(name, delimiter: delimiter)
        }
        output.append(UInt8(ascii: "\n"))
        for row in table.scores.indices {
            if let identifiers = table.identifiers {
                output.appendField(identifiers[row], delimiter: delimiter)
            } else {
                output.append(row + 1)
            }
            output.append(delimiter)
            let isScored = !table.scores[row].isNaN
            if isScored { output.append(table.scores[row]) }
            if let decisions = table.decisions {
                output.append(delimiter)
                if decisions[row] != .undecided { output.append(UInt8(ascii: decisions[row].isAnomaly ? "1" : "0")) }
            }
            for measure in table.measures {
                output.append(delimiter)
                append(measure, row, to: output, missing: "")
            }
            if let truth = table.truth {
                output.append(delimiter)
                if let isAnomaly = truth[row] { output.append(UInt8(ascii: isAnomaly ? "1" : "0")) }
            }
            if table.includesReasons {
                output.append(delimiter)
                if let reason = table.scores.exclusions[row] { output.appendField(reason, delimiter: delimiter) }
            }
            output.append(UInt8(ascii: "\n"))
            try output.flushIfFull()
        }
        try output.finish()
    }

    private func append(_ measure: ScoreTable.Measure, _ row: Int, to output: TextOutput, missing: String) {
        let value = measure.values[row]
        if value.isNaN {
            output.append(missing)
        } else if measure.isFlag {
            output.append(UInt8(ascii: value == 0 ? "0" : "1"))
        } else {
            output.append(value)
        }
    }

    private func writeJSONLines(_ table: ScoreTable) throws {
        let output = TextOutput(try ByteSinks.open(path: path))
        let name = Value.string(table.identifierName).json()
        for row in table.scores.indices {
            output.append("{\(name): ")
            if let identifiers = table.identifiers {
                output.append(Value.string(identifiers[row]).json())
            } else {
                output.append(row + 1)
            }
            output.append(", \"score\": ")
            if table.scores[row].isFinite { output.append(table.scores[row]) } else { output.append("null") }
            if let decisions = table.decisions {
                let decision = decisions[row] == .undecided ? "null" : decisions[row].isAnomaly ? "1" : "0"
                output.append(", \"decision\": \(decision)")
            }
            for measure in table.measures {
                output.append(", \"\(measure.name)\": ")
                append(measure, row, to: output, missing: "null")
            }
            if let truth = table.truth {
                switch truth[row] {
                case nil: output.append(", \"truth\": null")
                case false?: output.append(", \"truth\": 0")
                case true?: output.append(", \"truth\": 1")
                }
            }
            if table.includesReasons {
                let reason = table.scores.exclusions[row].map { Value.string($0).json() } ?? "null"
                output.append(", \"reason\": \(reason)")
            }
            output.append("}\n")
            try output.flushIfFull()
        }
        try output.finish()
    }
}
