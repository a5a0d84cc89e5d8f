public import OutlierCore

/// A detector of a plug-in.
public struct ForeignDetector: Detector {
    public static var name: String { "foreign-detector" }
    public static var summary: String { "A detector of a plug-in." }

    let component: (any ForeignComponent)?
    let parameters: Value

    /// A detector of no plug-in, which cannot be fitted.
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

    public func train(on data: Dataset, context: FitContext) throws -> ForeignDetectorModel {
        guard let component else { throw OutlierError(.invalidPlugin, "the detector belongs to no plug-in") }
        let model = try component.fit(data, parameters: parameters, context: context)
        try context.checkCancellation()
        return ForeignDetectorModel(
            component: component, parameters: parameters, model: model, featureCount: data.columnCount)
    }
}

/// What a detector of a plug-in learnt.
///
/// It explains its scores and learns from further rows where the component says that it can.
public struct ForeignDetectorModel: Explainable, Updatable {
    let component: any ForeignComponent
    let parameters: Value
    private(set) var model: any ForeignModel
    public let featureCount: Int
    /// Tells whether another value shares the model, which learns in its place.
    private var ownership = Ownership()

    private final class Ownership: Sendable {}

    init(component: any ForeignComponent, parameters: Value, model: any ForeignModel, featureCount: Int) {
        self.component = component
        self.parameters = parameters
        self.model = model
        self.featureCount = featureCount
    }

    /// What the component says of itself.
    public var takes: RowTraits { component.takes }

    public var explainer: (any Explainer)? {
        component.description.capabilities.contains(.explainable) ? self : nil
    }

    public var updateObstacle: OutlierError? {
        component.description.capabilities.contains(.streaming)
            ? nil : OutlierError.cannotUpdate(component: component.description.name)
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        try attributed {
            let scores = try model.output(for: data, execution: execution)
            try execution.checkCancellation()
            guard scores.count == data.rowCount else {
                throw OutlierError(
                    .pluginFailed, "the plug-in “\(plugin)” gave \(scores.count) scores for \(data.rowCount) rows")
            }
            if let row = scores.firstIndex(where: \.isNaN) {
                throw OutlierError(
                    .pluginFailed, "the plug-in “\(plugin)” gave NaN, not a number, as the score of row \(row + 1)")
            }
            return scores
        }
    }

    var plugin: String { component.description.plugin }

    fileprivate func attributed<Result>(_ body: () throws -> Result) throws -> Result {
        try component.attributed(body)
    }

    // MARK: On disk

    public func encode(to archive: inout ModelArchive) throws {
        try attributed {
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
        guard let model = try registry.loadDetector(name, from: archive) as? Self else {
            throw OutlierError(.invalidModel, "the detector “\(name)” is another one than that of the model")
        }
        self = model
    }
}

extension ForeignDetectorModel {
    public func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        try attributed {
            try data.requireColumns(featureCount)
            return try Matrix(
                rowCount: data.rowCount, columnCount: data.columnCount,
                values: data.rowCount == 0 ? [] : model.contributions(for: data, execution: execution))
        }
    }

    /// The plug-in's model learns where it is, unless another value shares it: then a copy does.
    public mutating func computeUpdate(with data: Dataset, context: FitContext) throws {
        try component.attributed {
            if !isKnownUniquelyReferenced(&ownership) {
                model = try model.copy()
                ownership = Ownership()
            }
            try model.update(with: data, context: context)
        }
    }
}

extension ForeignComponent {
    /// Errors of `body` name the component.
    func attributed<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as OutlierError {
            error.component = error.component ?? description.name
            throw error
        }
    }
}
