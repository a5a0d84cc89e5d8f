import Outlier
import OutlierConfig
import OutlierWorkflow

extension FilePlan {
    /// What a saved model and a table are read from.
    init(_ options: ScoringOptions) {
        self.init()
        reads(options.model, as: "the model")
        var data = DataConfiguration()
        data.source = options.data
        data.query = options.query
        reads(data)
        for plugin in options.plugins.plugin { reads(plugin, as: "a plug-in") }
    }

    /// What `configuration`, which `options` name, is read from.
    init(_ options: ConfigurationOptions, _ configuration: RunConfiguration) {
        self.init()
        reads(options.configuration, as: "the configuration")
        reads(configuration.data)
        reads(configuration.fineTuning.from, as: "the model to begin with")
        for plugin in options.plugins.plugin + configuration.plugins.map(\.file) { reads(plugin, as: "a plug-in") }
    }

    /// What the command line names: an error is one of usage.
    mutating func writesArgument(_ path: String?, as what: String, holdsScores: Bool = false) throws {
        try UsageError.wrapping { try writes(path, as: what, holdsScores: holdsScores) }
    }
}
