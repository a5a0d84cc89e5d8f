import Outlier
import Testing

/// What names can do: programs that read `list --json` and `describe --json` choose by it.
@Suite struct CapabilityListTests {
    private static let expected = """
        detector alad explainable fine-tunable category-tolerant label-learning
        detector anogan explainable fine-tunable category-tolerant label-learning
        detector auto missing-tolerant category-tolerant label-learning
        detector autoencoder explainable fine-tunable category-tolerant label-learning
        detector boosted-trees missing-tolerant label-learning weight-learning
        detector copod explainable missing-tolerant weight-learning
        detector deep-sad fine-tunable category-tolerant label-learning
        detector deep-svdd fine-tunable category-tolerant label-learning
        detector devnet label-learning
        detector ecod explainable missing-tolerant weight-learning
        detector ensemble label-learning weight-learning
        detector f-anogan explainable fine-tunable category-tolerant label-learning
        detector feature-bagging label-learning weight-learning
        detector ganomaly explainable fine-tunable category-tolerant label-learning
        detector gmm weight-learning
        detector hbos explainable missing-tolerant weight-learning
        detector iqr explainable weight-learning
        detector isolation-forest explainable missing-tolerant weight-learning
        detector kde weight-learning
        detector knn missing-tolerant
        detector loda explainable weight-learning
        detector lscp label-learning weight-learning
        detector mad explainable weight-learning
        detector mahalanobis explainable weight-learning
        detector mcd explainable
        detector ocsvm weight-learning
        detector ocsvm-sgd streaming weight-learning
        detector pca explainable missing-tolerant weight-learning
        detector pipeline fine-tunable missing-tolerant category-tolerant label-learning weight-learning excludes-rows
        detector prenet label-learning
        detector vae explainable fine-tunable category-tolerant label-learning
        detector xgbod label-learning
        detector z-score explainable streaming mergeable weight-learning
        preprocessor borderline-smote missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor class-weights missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor clip missing-tolerant category-tolerant
        preprocessor date-parts missing-tolerant category-tolerant
        preprocessor drop-columns missing-tolerant category-tolerant
        preprocessor drop-rows missing-tolerant category-tolerant excludes-rows
        preprocessor feature-swap missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor forest-importance missing-tolerant label-learning
        preprocessor frequency missing-tolerant category-tolerant
        preprocessor gaussian-noise missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor impute missing-tolerant category-tolerant
        preprocessor iterative-imputer missing-tolerant
        preprocessor knn-imputer missing-tolerant
        preprocessor kurtosis missing-tolerant category-tolerant
        preprocessor min-max-scaler missing-tolerant category-tolerant
        preprocessor missing-indicator missing-tolerant category-tolerant
        preprocessor mixup missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor mutual-information label-learning
        preprocessor one-hot missing-tolerant category-tolerant
        preprocessor ordinal missing-tolerant category-tolerant
        preprocessor power missing-tolerant category-tolerant
        preprocessor quantile missing-tolerant category-tolerant
        preprocessor random-over missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor random-under missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor rfe label-learning
        preprocessor robust-scaler missing-tolerant category-tolerant
        preprocessor smote missing-tolerant category-tolerant label-learning changes-training-rows
        preprocessor standard-scaler missing-tolerant category-tolerant
        preprocessor target missing-tolerant category-tolerant label-learning
        preprocessor variance missing-tolerant category-tolerant
        preprocessor winsorize missing-tolerant category-tolerant
        threshold best-f1 label-learning
        threshold conformal label-learning
        threshold cost-optimal label-learning
        """

    @Test func namesKeepTheirCapabilities() throws {
        for line in Self.expected.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            let kind = try #require(ComponentKind(rawValue: words[0]))
            let capabilities = try Registry.standard.describe(kind, words[1]).capabilities.map(\.rawValue)
            #expect(capabilities == Array(words.dropFirst(2)), "\(words[1])")
        }
    }

    /// An instance with its defaults takes at least the values that its name promises.
    @Test func instancesTakeWhatTheirNamesPromise() throws {
        for description in Registry.standard.descriptions(of: .detector) where description.name != Pipeline.name {
            let takes = try Registry.standard.detector(description.name).takes
            for (capability, trait) in [
                (Capability.missingTolerant, RowTraits.missing), (.categoryTolerant, .categories),
            ]
            where description.capabilities.contains(capability) {
                #expect(takes.contains(trait), "\(description.name): \(capability.rawValue)")
            }
        }
        for description in Registry.standard.descriptions(of: .preprocessor) {
            let takes = try Registry.standard.preprocessor(description.name).takes
            #expect(
                takes.contains(.missing) || !description.capabilities.contains(.missingTolerant),
                "\(description.name)")
        }
    }
}
