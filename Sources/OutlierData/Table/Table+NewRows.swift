public import OutlierCore

extension Table {
    /// Reads new rows as the table was read that `model` was fitted on: the same columns with the same kinds and words, the
    /// same label, identifier and ignored columns if the table has them, and the same words for missing values.
    ///
    ///     let model = try FittedPipeline(contentsOf: "model.outlier", registry: .standard)
    ///     let new = try Table("new.csv", for: model)
    ///     let scores = try model.scores(of: new.rows)
    ///
    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - identifier: the column that names the rows, which must be there; `nil` for the one of the fit, if it is there.
    ///   - format: `nil` to take it from the file's extension, or else from its first bytes.
    ///   - query: the query that makes the table, for a database.
    ///   - member: the member of a `.npz` file that holds the matrix.
    /// - Throws: what ``init(contentsOf:options:execution:)-(String,_,_)`` throws;
    ///   ``OutlierError/Code/invalidConfiguration`` if `identifier` is a column that the model scores by.
    public init(
        _ path: String, for model: FittedPipeline, identifier: String? = nil, format: DataFormat? = nil,
        query: String? = nil, member: String? = nil, execution: Execution = Execution()
    ) throws {
        var reading = model.reading ?? TableReading()
        if let identifier {
            guard !model.columns.contains(where: { $0.name == identifier }) else {
                throw OutlierError(
                    .invalidConfiguration,
                    "the model scores by the column “\(identifier)”, which therefore cannot name the rows",
                    suggestion: "Name another column, or none.", location: .init(file: path))
            }
            reading.nameRows(by: identifier)
        }
        var options = ReadOptions(
            reading: reading, format: format, query: query, member: member, expecting: model.columns)
        options.toleratesAbsentColumns = true
        options.requiresIdentifier = identifier != nil
        // What the model does not know it cannot score by: it is not read, and that is said.
        if !model.columns.isEmpty {
            options.only = model.columns.map(\.name) + [reading.time, reading.series].compactMap { $0 }
        }
        try self.init(contentsOf: path, options: options, execution: execution)
    }
}

extension TableReading {
    /// The column that named the rows of the fit is none to score by, whatever names the rows now.
    fileprivate mutating func nameRows(by column: String) {
        if let former = identifier, former != column { ignore.append(former) }
        ignore.removeAll { $0 == column }
        columnKinds[column] = nil
        identifier = column
    }
}
