import OutlierCore
import OutlierPreprocessing
import OutlierStatistical
import OutlierTesting
import Testing

@Suite struct ConformanceTests {
    static let preprocessors: [any Preprocessor] = [
        DropRows(), DropColumns(), MissingIndicator(), MissingIndicator(columns: .all), NearestNeighborImputer(),
        NearestNeighborImputer(neighbors: 2, weights: .distance), IterativeImputer(),
        IterativeImputer(rounds: 3, regression: .ridge), VarianceSelection(), CorrelationSelection(),
        CorrelationSelection(threshold: 0.5, method: .spearman), KurtosisSelection(keep: 2),
        LaplacianScoreSelection(keep: 2), MutualInformationSelection(keep: 2),
        RecursiveElimination(detector: EmpiricalCumulativeOutlierDetection(), keep: 2, step: 0.5),
        RandomProjection(components: 3), RandomProjection(components: 3, directions: .sparse),
        FeatureAgglomeration(clusters: 2), Clip(lower: -1, upper: 2), Winsorize(), PowerTransform(),
        PowerTransform(standardize: false), QuantileTransform(), QuantileTransform(output: .normal, quantiles: 20),
        OrdinalEncoder(), FrequencyEncoder(), TargetEncoder(), DateParts(), RandomUndersampling(ratio: 0.5),
        RandomOversampling(ratio: 0.5), SyntheticMinority(ratio: 0.5), GaussianNoise(), FeatureSwap(), Mixup(),
        GaussianNoise(copies: 2, rows: .anomaly), ClassWeights(), ClassWeights(anomaly: 1, balanced: true),
    ]

    @Test(arguments: preprocessors.indices) func keepsItsPromises(_ index: Int) throws {
        let preprocessor = Self.preprocessors[index]
        let failures = PreprocessorConformance.check(preprocessor, registry: try .forTests())
        #expect(failures.isEmpty, "\(preprocessor.recipe.value): \(failures)")
    }

    /// Its anomalies must lie at a border.
    @Test func borderlineKeepsItsPromises() throws {
        var random = RandomSource(seed: 3)
        let rows = (0..<120).map { row in (0..<4).map { _ in random.normal() + (row < 12 ? 1 : 0) } }
        let data = try Dataset(rows: rows).replacing(labels: (0..<120).map { $0 < 12 ? .anomaly : .normal })
        let failures = PreprocessorConformance.check(
            BorderlineSyntheticMinority(ratio: 0.3), registry: try .forTests(), data: data)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func everyPreprocessorIsChecked() throws {
        let checked = Set(Self.preprocessors.map(\.recipe.name)).union(["borderline-smote"])
        let registered = try Registry.forTests().descriptions(of: .preprocessor).filter { $0.plugin == "Preprocessing" }
        #expect(Set(registered.map(\.name)).subtracting(checked) == [])
    }
}
