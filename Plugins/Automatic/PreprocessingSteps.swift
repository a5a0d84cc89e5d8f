import OutlierCore

/// What brings a table into the form that all candidates take.
struct PreprocessingSteps: Sendable {
    struct Stage: Sendable {
        let name: String
        let fitted: any FittedPreprocessor
    }

    /// The columns that have values, ascending.
    let columns: [Int]
    let stages: [Stage]

    /// - Returns: the preparation, and the table prepared.
    static func fit(
        _ preprocessors: [any Preprocessor], on data: Dataset, context: FitContext
    ) throws -> (PreprocessingSteps, Dataset) {
        var hasValue = [Bool](repeating: false, count: data.columnCount)
        data.matrix.withUnsafeBufferPointer { values in
            for (index, value) in values.enumerated() where !value.isNaN { hasValue[index % hasValue.count] = true }
        }
        let columns = hasValue.indices.filter { hasValue[$0] }
        guard !columns.isEmpty else {
            throw OutlierError(.missingValue, "no column has any value", suggestion: "Look at how the table is read.")
        }
        var current = columns.count == data.columnCount ? data : try data.selectingColumns(columns)
        var stages: [Stage] = []
        for (index, preprocessor) in preprocessors.enumerated() {
            let fitted = try fit(preprocessor, current, context.part(index))
            current = try fitted.transform(current, execution: context.execution)
            stages.append(Stage(name: preprocessor.recipe.name, fitted: fitted))
        }
        return (PreprocessingSteps(columns: columns, stages: stages), current)
    }

    private static func fit(
        _ preprocessor: some Preprocessor, _ data: Dataset, _ context: FitContext
    ) throws -> any FittedPreprocessor {
        try preprocessor.fit(data, context: context)
    }

    func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        var current = columns.count == data.columnCount ? data : try data.selectingColumns(columns)
        for stage in stages { current = try stage.fitted.transform(current, execution: execution) }
        return current
    }

    func encode(to archive: inout ModelArchive) throws {
        archive.store(columns, as: "columns")
        archive.store(.array(stages.map { .string($0.name) }), as: "stages")
        for (index, stage) in stages.enumerated() { try archive.store(stage.fitted, as: "stage-\(index)") }
    }

    init(columns: [Int], stages: [Stage]) {
        self.columns = columns
        self.stages = stages
    }

    init(from archive: ModelArchive, featureCount: Int, registry: Registry) throws {
        columns = try archive.integers("columns", in: 0...featureCount - 1)
        guard !columns.isEmpty, zip(columns, columns.dropFirst()).allSatisfy(<) else {
            throw OutlierError(.invalidModel, "the model's columns do not ascend")
        }
        let names = (try archive.value("stages").array ?? []).compactMap(\.string)
        stages = try names.enumerated().map { index, name in
            Stage(name: name, fitted: try registry.loadPreprocessor(name, from: archive.child("stage-\(index)")))
        }
        if let first = stages.first, first.fitted.featureCount != columns.count {
            throw OutlierError(.invalidModel, "the model's columns do not fit its first stage")
        }
    }
}
