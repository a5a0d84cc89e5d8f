internal import OutlierCore

/// A component with its parameters, and what it learnt.
///
/// The host sees to it that nothing else happens while it learns; afterwards any number of threads may use it.
final class ExportedState: @unchecked Sendable {
    private enum Content {
        case detector(any Detector)
        case preprocessor(any Preprocessor)
        case metric(any Metric)
    }

    private let content: Content
    private var model: (any FittedDetector)?
    private var preprocessor: (any FittedPreprocessor)?
    private var columnsOut: Int?
    var registry = Registry()

    init(_ detector: any Detector) { content = .detector(detector) }
    init(_ preprocessor: any Preprocessor) { content = .preprocessor(preprocessor) }
    init(_ metric: any Metric) { content = .metric(metric) }

    static func at(_ address: UnsafeRawPointer?) throws -> ExportedState {
        guard let address else { throw OutlierError(.invalidPlugin, "the host gave no state") }
        return Unmanaged<ExportedState>.fromOpaque(address).takeUnretainedValue()
    }

    func fit(_ data: Dataset, context: FitContext) throws {
        switch content {
        case .detector(let detector):
            let fitted: any FittedDetector = try detector.fit(data, context: context)
            model = fitted
        case .preprocessor(let recipe):
            let fitted: any FittedPreprocessor = try recipe.fit(data, context: context)
            // The columns out are known when there is a row.
            columnsOut = try fitted.transform(data.rows(0..<1), execution: context.execution).columnCount
            preprocessor = fitted
        case .metric: throw OutlierError(.invalidPlugin, "a metric does not learn")
        }
    }

    func save() throws -> [UInt8] {
        var archive = ModelArchive()
        if let model { try archive.store(model, as: "model") }
        if let preprocessor { try archive.store(preprocessor, as: "model") }
        if let columnsOut { archive.store(columnsOut, as: "columns-out") }
        return try archive.bytes()
    }

    func load(_ bytes: UnsafeRawBufferPointer, columns: Int) throws {
        let archive = try ModelArchive(bytes: bytes)
        let child = try archive.child("model")
        switch content {
        case .detector(let detector):
            let loaded = try registry.loadDetector(detector.recipe.name, from: child)
            try check(loaded.featureCount, columns)
            model = loaded
        case .preprocessor(let recipe):
            let loaded = try registry.loadPreprocessor(recipe.recipe.name, from: child)
            try check(loaded.featureCount, columns)
            columnsOut = try archive.integer("columns-out", in: 1...1 << 24)
            preprocessor = loaded
        case .metric: throw OutlierError(.invalidPlugin, "a metric has no model")
        }
    }

    private func check(_ count: Int, _ columns: Int) throws {
        guard count == columns else {
            throw OutlierError(.invalidModel, "the model is of \(count) columns, but \(columns) were expected")
        }
    }

    func scores(of data: Dataset, execution: Execution) throws -> [Double] {
        try fitted().scores(of: data, execution: execution).values
    }

    func contributions(of data: Dataset, execution: Execution) throws -> [Double] {
        guard let model = try fitted().explainer else {
            throw OutlierError(.invalidPlugin, "the model does not explain its scores")
        }
        return try model.contributions(of: data, execution: execution).values
    }

    func update(_ data: Dataset, context: FitContext) throws {
        guard var learning = model else { throw OutlierError(.invalidPlugin, "the detector has learnt nothing") }
        // Only one value may hold the model while it learns, or it would be copied.
        model = nil
        defer { model = learning }
        try learning.learn(data, context: context)
    }

    var outputColumns: Int {
        get throws {
            guard let columnsOut else { throw OutlierError(.invalidPlugin, "the preprocessor has learnt nothing") }
            return columnsOut
        }
    }

    func transformed(_ data: Dataset, execution: Execution) throws -> [Double] {
        guard let preprocessor else { throw OutlierError(.invalidPlugin, "the preprocessor has learnt nothing") }
        let result = try preprocessor.transform(data, execution: execution)
        guard result.rowCount == data.rowCount, try result.columnCount == outputColumns else {
            throw OutlierError(
                .shapeMismatch, "the preprocessor gave \(result.rowCount) rows × \(result.columnCount) columns")
        }
        return result.matrix.values
    }

    func value(of evaluation: Evaluation) throws -> Double {
        guard case .metric(let metric) = content else { throw OutlierError(.invalidPlugin, "this is no metric") }
        guard let number = try metric.value(of: evaluation).number else {
            throw OutlierError(.invalidPlugin, "a metric of a plug-in must give one number")
        }
        return number
    }

    private func fitted() throws -> any FittedDetector {
        guard let model else { throw OutlierError(.invalidPlugin, "the detector has learnt nothing") }
        return model
    }
}
