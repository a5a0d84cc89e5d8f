extension Registry {
    /// Every component that this package has.
    public static let standard: Registry = {
        var registry = Registry()
        let families: [any Plugin.Type] = [
            CorePlugin.self,
            PreprocessingPlugin.self,
            PCAPlugin.self,
            StatisticalPlugin.self,
            NeighborsPlugin.self,
            ForestsPlugin.self,
            SupportVectorsPlugin.self,
            EnsemblesPlugin.self,
            AutoencoderPlugin.self,
            VAEPlugin.self,
            GANPlugin.self,
            DeepSVDDPlugin.self,
            FewLabelsPlugin.self,
            ThresholdsPlugin.self,
            SupervisedPlugin.self,
            AutomaticPlugin.self,
            SeriesPlugin.self,
            StreamsPlugin.self,
            ForecastingPlugin.self,
        ]
        for family in families {
            do {
                try registry.register(family)
            } catch {
                // Only two families of this package that claim one name could bring us here, and a test registers
                // them all: the first of the two stays.
                assertionFailure("\(error)")
            }
        }
        return registry
    }()
}
