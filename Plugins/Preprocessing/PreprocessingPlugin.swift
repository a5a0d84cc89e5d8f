public import OutlierCore

/// What brings a table into shape for a detector: missing values, columns, categories, dates, few labels.
public enum PreprocessingPlugin: Plugin {
    public static let name = "Preprocessing"

    public static func register(in registry: inout Registry) throws {
        try registry.register(DropRows.self, plugin: name)
        try registry.register(DropColumns.self, plugin: name)
        try registry.register(MissingIndicator.self, plugin: name)
        try registry.register(NearestNeighborImputer.self, plugin: name)
        try registry.register(IterativeImputer.self, plugin: name)

        try registry.register(VarianceSelection.self, plugin: name)
        try registry.register(CorrelationSelection.self, plugin: name)
        try registry.register(KurtosisSelection.self, plugin: name)
        try registry.register(LaplacianScoreSelection.self, plugin: name)
        try registry.register(MutualInformationSelection.self, plugin: name)
        try registry.register(RecursiveElimination.self, plugin: name)

        try registry.register(RandomProjection.self, plugin: name)
        try registry.register(FeatureAgglomeration.self, plugin: name)

        try registry.register(Clip.self, plugin: name)
        try registry.register(Winsorize.self, plugin: name)
        try registry.register(PowerTransform.self, plugin: name)
        try registry.register(QuantileTransform.self, plugin: name)

        try registry.register(OrdinalEncoder.self, plugin: name)
        try registry.register(FrequencyEncoder.self, plugin: name)
        try registry.register(TargetEncoder.self, plugin: name)
        try registry.register(DateParts.self, plugin: name)

        try registry.register(RandomUndersampling.self, plugin: name)
        try registry.register(RandomOversampling.self, plugin: name)
        try registry.register(SyntheticMinority.self, plugin: name)
        try registry.register(BorderlineSyntheticMinority.self, plugin: name)
        try registry.register(GaussianNoise.self, plugin: name)
        try registry.register(FeatureSwap.self, plugin: name)
        try registry.register(Mixup.self, plugin: name)
        try registry.register(ClassWeights.self, plugin: name)
    }
}
