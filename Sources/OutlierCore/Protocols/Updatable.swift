/// A fitted model or preprocessor that learns from further rows without being fitted anew.
///
/// It is a value: who learns has it to itself, and copies of it that others score with stay as they are. Users call
/// ``FittedDetector/learn(_:context:)``, ``FittedDetector/updated(with:context:)`` or use ``Live``.
public protocol Updatable {
    /// Learns from `data` too, which were checked like rows that are scored and are at least one. For authors.
    ///
    /// It is called for one row as well as for many, so it must not copy the model. Where it throws, the model may have
    /// learnt from a part of the rows.
    mutating func computeUpdate(with data: Dataset, context: FitContext) throws
}

extension FittedDetector {
    public var updateObstacle: OutlierError? { .cannotUpdate(component: nil) }

    public mutating func updateParts(with data: Dataset, context: FitContext) throws {
        throw updateObstacle ?? .cannotUpdate(component: nil)
    }

    /// Learns from `data` too, in place. No rows change nothing.
    ///
    /// No model is copied unless another value shares it. Where an error is thrown in the middle, the model may have learnt
    /// from a part of the rows; ``updated(with:context:)`` leaves the first model as it was.
    ///
    /// - Throws: ``OutlierError/Code/notUpdatable``, naming the part that cannot learn; ``OutlierError`` where the columns
    ///   are not those of the fit or a value cannot be taken; `CancellationError`.
    public mutating func learn(_ data: Dataset, context: FitContext = FitContext()) throws {
        if let updateObstacle { throw updateObstacle }
        if data.rowCount == 0 { return }
        try check(data, purpose: "learn from", execution: context.execution)
        try updateParts(with: data.seen(by: takes), context: context)
    }

    /// The model after it has seen `data` too. No rows change nothing.
    ///
    /// - Throws: as ``learn(_:context:)``.
    public func updated(with data: Dataset, context: FitContext = FitContext()) throws -> Self {
        var copy = self
        try copy.learn(data, context: context)
        return copy
    }
}

extension FittedDetector where Self: Updatable {
    public var updateObstacle: OutlierError? { nil }

    public mutating func updateParts(with data: Dataset, context: FitContext) throws {
        try computeUpdate(with: data, context: context)
    }
}

extension FittedPreprocessor {
    public mutating func updateParts(with data: Dataset, context: FitContext) throws {}

    /// Learns from `data` too, in place, where it can; else it stays as it was fitted.
    ///
    /// - Throws: ``OutlierError`` where the columns are not as many as those of the fit or a value cannot be taken.
    public mutating func learn(_ data: Dataset, context: FitContext = FitContext()) throws {
        if data.rowCount == 0 { return }
        try check(data, purpose: "learn from", execution: context.execution)
        try updateParts(with: data.seen(by: takes), context: context)
    }
}

extension FittedPreprocessor where Self: Updatable {
    public mutating func updateParts(with data: Dataset, context: FitContext) throws {
        try computeUpdate(with: data, context: context)
    }
}

extension OutlierError {
    /// - Parameter component: the part that cannot learn; `nil` where whoever asks knows its name.
    public static func cannotUpdate(component: String?) -> OutlierError {
        OutlierError(
            .notUpdatable, "the model cannot learn from further rows",
            suggestion:
                "Fit it again on all rows, or choose a detector with the capability “\(Capability.streaming.rawValue)”.",
            component: component)
    }
}

extension Dataset {
    /// The rows as a model may see them that takes such rows.
    fileprivate func seen(by takes: RowTraits) -> Dataset {
        labels == nil || takes.contains(.labels) ? self : unlabeled
    }
}
