import OutlierCore

/// Opens a source, finds its format and reads it.
struct TableReader {
    let source: DataSource
    let options: ReadOptions
    let execution: Execution

    init(source: DataSource, options: ReadOptions, execution: Execution) {
        self.source = source
        var options = options
        // The names of series may be numbers, and as many as there are series.
        if let series = options.series { options.columnKinds[series] = options.columnKinds[series] ?? .category }
        self.options = options
        self.execution = execution
    }

    func table() throws -> Table {
        do {
            return try recognised().replacingSentinels(options.missing)
                .ordered(time: options.time, series: options.series).remembering(options.reading)
        } catch var error as OutlierError {
            if error.location == nil, error.code != .inputOutput { error.location = .init(file: source.description) }
            throw error
        }
    }

    private func recognised() throws -> Table {
        do {
            return try read(asWords: [])
        } catch let error as TableAssembler.WordsLost {
            return try readAgain(asWords: error.columns)
        }
    }

    /// Reads the source a second time: some columns turned out to hold words after their first words, which looked
    /// like numbers or dates, were gone.
    private func readAgain(asWords columns: Set<String>) throws -> Table {
        let isRegular = try !source.isStandardInput && FileSource(path: source.path).size != nil
        guard isRegular else {
            throw OutlierError(
                .invalidValue, "a column began with numbers or dates and went on with words",
                suggestion:
                    "What is no regular file cannot be read twice: declare what the columns hold (data: {columns: …}), or "
                    + "how numbers are written (data: {decimal: …}).",
                location: .init(file: source.description))
        }
        return try read(asWords: columns)
    }

    private func read(asWords: Set<String>) throws -> Table {
        let file = source.isStandardInput ? FileSource.standardInput : try FileSource(path: source.path)
        var bytes: any ByteSource = file
        var start: [UInt8] = []
        try bytes.append(64, to: &start)
        bytes = PrefixedSource(start, then: bytes)
        let compression = Compression(firstBytes: start)
        if let compression {
            bytes = try compression.unpacked(bytes)
            start = []
            try bytes.append(64, to: &start)
            bytes = PrefixedSource(start, then: bytes)
        }
        let format =
            options.format ?? (source.isStandardInput ? nil : DataFormat(path: source.path))
            ?? DataFormat(firstBytes: start)
        try ForeignFormat.check(start, format: format, source: source.description)
        switch format {
        case .csv, .tsv:
            var reader = DelimitedReader(
                bytes: bytes, options: options, file: source.description, execution: execution)
            if format == .tsv, options.delimiter == .automatic { reader.delimiter = UInt8(ascii: "\t") }
            return try reader.table(asWords: asWords)
        case .jsonLines:
            return try JSONLinesReader(
                bytes: bytes, options: options, file: source.description, execution: execution
            ).table(asWords: asWords)
        case .npy:
            var byteCount = compression == nil ? file.size : nil
            if byteCount == nil, options.memoryLimit != nil {
                let spooled = try SpooledRange(bytes)
                byteCount = spooled.count
                bytes = RangeSource(spooled, 0..<spooled.count)
            }
            let array = try NumPyArray(
                bytes, byteCount: byteCount, name: source.description,
                memoryLimit: options.memoryLimit, execution: execution)
            return try NumericTable(matrix: array.matrix, options: options, file: source.description).table()
        case .npz:
            let archive: ZipArchive
            if compression == nil, !source.isStandardInput, let size = file.size {
                archive = try ZipArchive(FileRange(path: source.path, count: size))
            } else if options.memoryLimit != nil {
                archive = try ZipArchive(SpooledRange(bytes))
            } else {
                archive = try ZipArchive(MemoryRange(try bytes.readAll()))
            }
            return try NumPyArchiveReader(
                archive: archive, options: options, file: source.description, execution: execution
            ).table()
        case .sqlite:
            guard !source.isStandardInput, compression == nil, file.size != nil else {
                throw OutlierError(.inputOutput, "a database can be read only from a file of its own")
            }
            return try DatabaseReader(path: source.path, options: options, execution: execution)
                .table(asWords: asWords)
        }
    }
}
