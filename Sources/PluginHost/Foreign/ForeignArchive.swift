internal import OutlierCore

/// A model of a plug-in, as a model file holds it: which plug-in of which version made it, with which parameters.
struct ForeignArchive {
    static let componentKey = "component"

    let component: ComponentDescription
    let parameters: Value
    /// How many columns the model was fitted on.
    let columns: Int
    let state: [UInt8]
    /// The plug-in that wrote the model, which may be another version than the one at hand.
    private let writer: PluginOrigin?

    init(component: ComponentDescription, parameters: Value, columns: Int, state: [UInt8]) {
        self.component = component
        self.parameters = parameters
        self.columns = columns
        self.state = state
        writer = component.origin
    }

    func encode(to archive: inout ModelArchive) {
        writer?.encode(to: &archive)
        archive.store(component.name, as: ForeignArchive.componentKey)
        archive.store(parameters, as: "parameters")
        archive.store(columns, as: "columns")
        archive.store(state, as: "state")
    }

    init(from archive: ModelArchive, for component: ComponentDescription) throws {
        self.component = component
        parameters = try component.completed(archive.value("parameters"))
        columns = try archive.columnCount("columns")
        state = try archive.bytes("state")
        writer = PluginOrigin(from: archive)
    }

    func model(of foreign: any ForeignComponent) throws -> any ForeignModel {
        do {
            return try foreign.load(state, parameters: parameters, columns: columns)
        } catch var error as OutlierError {
            error.component = error.component ?? component.name
            if let writer, let origin = component.origin, writer.version != origin.version {
                error.suggestion =
                    "The model was written by “\(writer.plugin)” \(writer.version); loaded is \(origin.version)."
            }
            throw error
        }
    }
}
