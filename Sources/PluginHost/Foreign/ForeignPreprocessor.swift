public import OutlierCore

/// A preprocessor of a plug-in.
public struct ForeignPreprocessor: Preprocessor {
    public static var name: String { "foreign-preprocessor" }
    public static var summary: String { "A preprocessor of a plug-in." }

    let component: (any ForeignComponent)?
    let parameters: Value

    /// A preprocessor of no plug-in, which cannot be fitted.
    public init() {
        component = nil
        parameters = .object([])
    }

    init(_ component: any ForeignComponent, parameters: Value) throws {
        self.component = component
        self.parameters = try component.description.completed(parameters)
        try validateTogether()
    }

    public var recipe: Recipe {
        Recipe(name: component?.description.name ?? Self.name, parameters: parameters)
    }

    public func validateTogether() throws { try component?.check(parameters) }

    /// What the component says of itself.
    public var takes: RowTraits { component?.takes ?? [] }

    public func train(on data: Dataset, context: FitContext) throws -> ForeignPreprocessorModel {
        guard let component else { throw OutlierError(.invalidPlugin, "the preprocessor belongs to no plug-in") }
        let model = try component.fit(data, parameters: parameters, context: context)
        try context.checkCancellation()
        return ForeignPreprocessorModel(
            component: component, parameters: parameters, model: model, featureCount: data.columnCount)
    }
}

/// What a preprocessor of a plug-in learnt.
///
/// Where it gives as many columns as it takes, they keep their names; else they are called `NAME-1`, `NAME-2` and so on
/// after the preprocessor. Of which columns they are made is not known either way: a plug-in may rotate them.
public struct ForeignPreprocessorModel: FittedPreprocessor {
    let component: any ForeignComponent
    let parameters: Value
    let model: any ForeignModel
    public let featureCount: Int

    init(component: any ForeignComponent, parameters: Value, model: any ForeignModel, featureCount: Int) {
        self.component = component
        self.parameters = parameters
        self.model = model
        self.featureCount = featureCount
    }

    /// What the component says of itself.
    public var takes: RowTraits { component.takes }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        try component.attributed {
            let width = model.outputColumns
            let (count, overflow) = data.rowCount.multipliedReportingOverflow(by: width)
            let values = data.rowCount == 0 ? [] : try model.output(for: data, execution: execution)
            try execution.checkCancellation()
            guard width > 0, !overflow, values.count == count else {
                throw OutlierError(
                    .pluginFailed,
                    "the plug-in “\(component.description.plugin)” gave \(values.count) values for \(data.rowCount) rows × \(width) columns"
                )
            }
            let columns =
                width == data.columnCount
                ? data.columns.map { Column($0.name) }
                : (1...width).map { Column("\(component.description.name)-\($0)") }
            return try data.replacing(
                Matrix(rowCount: data.rowCount, columnCount: width, values: values), columns: columns)
        }
    }

    // MARK: On disk

    public func encode(to archive: inout ModelArchive) throws {
        try component.attributed {
            try ForeignArchive(
                component: component.description, parameters: parameters, columns: featureCount, state: model.state()
            ).encode(to: &archive)
        }
    }

    init(component: any ForeignComponent, from archive: ModelArchive) throws {
        let saved = try ForeignArchive(from: archive, for: component.description)
        self.init(
            component: component, parameters: saved.parameters, model: try saved.model(of: component),
            featureCount: saved.columns)
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let name = try archive.string(ForeignArchive.componentKey)
        guard let model = try registry.loadPreprocessor(name, from: archive) as? Self else {
            throw OutlierError(.invalidModel, "the preprocessor “\(name)” is another one than that of the model")
        }
        self = model
    }
}
