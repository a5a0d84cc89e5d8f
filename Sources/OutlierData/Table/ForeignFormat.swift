import OutlierCore

/// Formats that tables come in and that are not read: what they are called, and how to make one of them that is.
enum ForeignFormat {
    private struct Kind {
        let name: String
        let advice: String
        var isText = false
    }

    private static let pandas = "In Python: import pandas; "

    private static func pandas(_ reader: String) -> String {
        "\(pandas)pandas.\(reader).to_csv(\"table.csv\", index=False)."
    }

    /// - Parameters:
    ///   - start: the first bytes, at least 16 where there are so many.
    ///   - format: what the file is to be read as.
    /// - Throws: ``OutlierError/Code/malformedFile`` where it is none of those that are read.
    static func check(_ start: [UInt8], format: DataFormat, source: String) throws {
        guard let kind = kind(start, format: format, source: source) else { return }
        throw OutlierError(
            .malformedFile,
            kind.name.hasPrefix("no ") ? "this is \(kind.name)" : "this is \(kind.name), which is not read",
            suggestion: kind.advice,
            location: .init(file: source, line: kind.isText ? 1 : nil))
    }

    private static func kind(_ start: [UInt8], format: DataFormat, source: String) -> Kind? {
        let name = source.lowercased()
        func begins(_ text: String) -> Bool { start.starts(with: Array(text.utf8)) }
        if begins("PAR1") { return Kind(name: "a Parquet file", advice: pandas("read_parquet(\"table.parquet\")")) }
        if begins("ARROW1") || begins("FEA1") {
            return Kind(name: "an Arrow (Feather) file", advice: pandas("read_feather(\"table.feather\")"))
        }
        if begins("ORC") && start.count > 3 && !isText(start[3]) {
            return Kind(name: "an ORC file", advice: pandas("read_orc(\"table.orc\")"))
        }
        if begins("Obj\u{1}") { return Kind(name: "an Avro file", advice: "Convert it to CSV or JSON lines.") }
        if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
            return Kind(name: "an HDF5 file", advice: pandas("read_hdf(\"table.h5\")"))
        }
        if begins("MATLAB ") {
            return Kind(name: "a MATLAB file", advice: "In MATLAB: writematrix(X, \"table.csv\").")
        }
        if start.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            return Kind(name: "an old Excel workbook (.xls)", advice: "Save the sheet as CSV.")
        }
        if begins("%PDF") { return Kind(name: "a PDF document", advice: "Take the table out as CSV.") }
        if start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) {
            return Kind(name: "packed by xz", advice: "Unpack it: xz -d; or pack it by gzip or zstd.")
        }
        if begins("BZh") && start.count > 3 && start[3] >= 0x31 && start[3] <= 0x39 && format != .jsonLines {
            return Kind(name: "packed by bzip2", advice: "Unpack it: bzip2 -d; or pack it by gzip or zstd.")
        }
        if start.starts(with: [0x37, 0x7A, 0xBC, 0xAF]) || begins("Rar!") {
            return Kind(name: "an archive of 7-Zip or RAR", advice: "Unpack it.")
        }
        if start.count > 1, start[0] == 0x80, (2...5).contains(start[1]) {
            return Kind(name: "a pickle of Python", advice: pandas("read_pickle(\"table.pkl\")"))
        }
        let isZip = begins("PK\u{3}\u{4}")
        if isZip, [".xlsx", ".xlsm", ".xlsb"].contains(where: name.hasSuffix) {
            return Kind(
                name: "an Excel workbook", advice: "Save the sheet as CSV; or " + pandas("read_excel(\"table.xlsx\")"))
        }
        if isZip, name.hasSuffix(".ods") {
            return Kind(name: "a spreadsheet of OpenDocument", advice: "Save the sheet as CSV.")
        }
        if isZip, format != .npz { return Kind(name: "a zip archive", advice: "Unpack it: unzip.") }
        if !isZip, format == .npz {
            // An empty archive is one all the same.
            if begins("PK\u{5}\u{6}") { return nil }
            return Kind(name: "no zip archive, as .npz files are", advice: "Look at what wrote the file.")
        }
        if start.contains(0), [DataFormat.csv, .tsv, .jsonLines].contains(format), !start.starts(with: [0xFF, 0xFE]),
            !start.starts(with: [0xFE, 0xFF])
        {
            return Kind(name: "no text", advice: "A table is CSV, JSON lines, .npy, .npz or SQLite.")
        }
        guard format == .jsonLines || format == .csv || format == .tsv else { return nil }
        let first = firstText(start)
        if first == UInt8(ascii: "["), format == .jsonLines || isArray(start) || name.contains(".json") {
            return Kind(
                name: "a whole JSON array", advice: "Write an object a line: jq -c '.[]' table.json > table.jsonl.",
                isText: true)
        }
        if format != .jsonLines, begins("<?xml") || begins("<!DOCTYPE") || begins("<html") {
            return Kind(
                name: "XML or HTML", advice: "Take the table out as CSV; perhaps a page of errors was saved.",
                isText: true)
        }
        return nil
    }

    /// Whether text goes on as an array of objects or arrays does.
    private static func isArray(_ start: [UInt8]) -> Bool {
        let rest = start.drop { $0 != UInt8(ascii: "[") }.dropFirst().drop { isBlank($0) }
        return rest.first == UInt8(ascii: "{") || rest.first == UInt8(ascii: "[")
    }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 || isBlank(byte) }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// The first byte that is not blank, behind a byte order mark.
    static func firstText(_ start: [UInt8]) -> UInt8? {
        let text = start.starts(with: ByteOrderMark.utf8) ? start.dropFirst(ByteOrderMark.utf8.count) : start[...]
        return text.first { !isBlank($0) }
    }
}
