/// A model that goes on learning while it scores: one that changes, beside those that never do.
///
///     var live = try Live(model)
///     for try await row in sensor {
///         let score = try live.scoreThenLearn(row)
///     }
///     try live.snapshot().save(to: "now.outlier")
///
/// The model learns where it is: no row copies it, but for the first after a ``snapshot()`` whose model still exists.
///
/// Of a pipeline, the detector learns; preprocessors stay as they were fitted unless they are ``Updatable``, and the threshold
/// stays what it is.
public struct Live<Model: FittedDetector>: Sendable {
    private var model: Model
    private let context: FitContext

    /// Goes on with `model`, which itself stays as it is.
    ///
    /// - Parameter context: the threads, and the seed of what learns at random.
    /// - Throws: ``OutlierError/Code/notUpdatable``, naming the part that cannot learn from further rows.
    public init(_ model: Model, context: FitContext = FitContext()) throws {
        if let obstacle = model.updateObstacle { throw obstacle }
        self.model = model
        self.context = context
    }

    /// How anomalous rows are by what was learnt so far: higher is more anomalous.
    ///
    /// - Throws: ``OutlierError`` where the columns are not those of the fit or a value cannot be taken.
    public func score(_ rows: Dataset) throws -> Scores { try model.scores(of: rows, execution: context.execution) }

    /// Learns from rows.
    ///
    /// - Throws: as ``score(_:)``.
    public mutating func learn(_ rows: Dataset) throws { try model.learn(rows, context: context) }

    /// Scores each row by what was learnt from all rows before it, then learns from it.
    ///
    /// - Parameter batch: how many rows are scored before the model learns from them; with more than 1, rows of a batch do not
    ///   know of each other, and less is done for each.
    /// - Throws: as ``score(_:)``, after what was learnt from the rows before.
    public mutating func scoreThenLearn(_ rows: Dataset, batch: Int = 1) throws -> Scores {
        guard batch > 0 else {
            throw OutlierError(.invalidParameter, "“batch” must be at least 1, but is \(batch)", path: ["batch"])
        }
        var scores: [Double] = []
        scores.reserveCapacity(rows.rowCount)
        var exclusions: [Int: String] = [:]
        var start = 0
        while start < rows.rowCount {
            try context.checkCancellation()
            let end = start + min(batch, rows.rowCount - start)
            let part = rows.rows(start..<end)
            let scored = try score(part)
            scores += scored.values
            for (row, reason) in scored.exclusions { exclusions[start + row] = reason }
            try learn(part)
            start = end
        }
        return Scores(unchecked: scores, exclusions: exclusions)
    }

    /// The model as it is now: a value that nothing changes any more.
    public func snapshot() -> Model { model }

    /// Goes back to a snapshot.
    ///
    /// - Throws: ``OutlierError/Code/notUpdatable``, and then nothing has changed.
    public mutating func restore(_ snapshot: Model) throws {
        if let obstacle = snapshot.updateObstacle { throw obstacle }
        model = snapshot
    }
}

extension Live where Model == FittedPipeline {
    /// One row, its values in the order of the fit's columns.
    ///
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where they are not as many.
    private func row(_ values: [Double]) throws -> Dataset {
        guard values.count == model.columns.count else {
            throw OutlierError(
                .shapeMismatch,
                "a row of \(values.count) values was given, but the model was fitted on "
                    + "\(model.columns.count) columns")
        }
        return try Dataset(Matrix(rowCount: 1, columnCount: values.count, values: values), columns: model.columns)
    }

    /// How anomalous one row is, its values in the order of the fit's columns; `NaN` where a preprocessor leaves it out.
    public func score(_ values: [Double]) throws -> Double { try score(row(values)).first ?? .nan }

    /// Learns from one row, its values in the order of the fit's columns.
    public mutating func learn(_ values: [Double]) throws { try learn(row(values)) }

    /// Scores one row, its values in the order of the fit's columns, then learns from it.
    public mutating func scoreThenLearn(_ values: [Double]) throws -> Double {
        try scoreThenLearn(row(values)).first ?? .nan
    }
}
