import OutlierCore

/// Opens a source, finds its format and reads it.
struct TableReader {
    let source: DataSource
    let options: ReadOptions
    let execution: Execution

    func table() throws -> Table {
        do {
            return try read(asWords: [])
        } catch let error as TableAssembler.WordsLost {
            return try readAgain(asWords: error.columns)
        } catch var error as OutlierError {
            if error.location == nil, error.code != .inputOutput { error.location = .init(file: source.description) }
            throw error
        }
    }

    /// Reads the source a second time: some columns turned out to hold words after their first words, which looked
    /// like numbers or dates, were gone.
    private func readAgain(asWords columns: Set<Int>) throws -> Table {
        let file = source.isStandardInput ? FileSource.standardInput : try FileSource(path: source.path)
        guard file.size != nil, !source.isStandardInput else {
            throw OutlierError(
                .invalidValue, "a column began with numbers or dates and went on with words",
                suggestion: "What is no regular file cannot be read twice: declare what the column holds.",
                location: .init(file: source.description))
        }
        return try read(asWords: columns)
    }

    private func read(asWords: Set<Int>) throws -> Table {
        let file = source.isStandardInput ? FileSource.standardInput : try FileSource(path: source.path)
        var bytes: any ByteSource = file
        var start: [UInt8] = []
        try bytes.append(16, to: &start)
        bytes = PrefixedSource(start, then: bytes)
        if let compression = Compression(firstBytes: start) {
            bytes = try compression.unpacked(bytes)
            start = []
            try bytes.append(16, to: &start)
            bytes = PrefixedSource(start, then: bytes)
        }
        let format =
            options.format ?? (source.isStandardInput ? nil : DataFormat(path: source.path))
            ?? DataFormat(firstBytes: start)
        switch format {
        case .csv, .tsv:
            var reader = DelimitedReader(
                bytes: bytes, options: options, file: source.description, execution: execution)
            if format == .tsv, options.delimiter == .automatic { reader.delimiter = UInt8(ascii: "\t") }
            return try reader.table(asWords: asWords)
        default:
            throw OutlierError(.malformedFile, "the format \(format.rawValue) is not read yet")
        }
    }
}
