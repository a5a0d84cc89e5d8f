// swift-tools-version: 6.1
import PackageDescription

/// One plug-in family: a library product and an ordinary target under `Plugins/`.
struct Family {
    let name: String
    let folder: String
    var dependencies: [Target.Dependency] = ["OutlierCore", "LinearAlgebra", "Distances", "CKernels"]
    /// What its tests need besides.
    var testDependencies: [Target.Dependency] = []
}

/// What a family of neural detectors needs.
let neural: [Target.Dependency] = ["OutlierCore", "LinearAlgebra", "Neural"]

let families = [
    Family(name: "OutlierVAE", folder: "VAE", dependencies: neural, testDependencies: ["Neural", "NeuralTesting"]),
    Family(name: "OutlierGAN", folder: "GAN", dependencies: neural, testDependencies: ["Neural", "NeuralTesting"]),
    Family(
        name: "OutlierDeepSVDD", folder: "DeepSVDD", dependencies: neural,
        testDependencies: ["Neural", "NeuralTesting"]),
    Family(
        name: "OutlierPreprocessing", folder: "Preprocessing",
        testDependencies: ["OutlierNeighbors", "OutlierStatistical"]),
    Family(name: "OutlierPCA", folder: "PCA"),
    Family(name: "OutlierStatistical", folder: "Statistical"),
    Family(name: "OutlierNeighbors", folder: "Neighbors", testDependencies: ["OutlierForests"]),
    Family(name: "OutlierForests", folder: "Forests"),
    Family(name: "OutlierForecasting", folder: "Forecasting"),
    Family(
        name: "OutlierSeries", folder: "Series",
        testDependencies: [
            "OutlierData", "OutlierForests", "OutlierNeighbors", "OutlierPCA", "OutlierStatistical",
            "OutlierSupportVectors",
        ]),
    Family(name: "OutlierStreams", folder: "Streams", dependencies: ["OutlierCore"]),
    Family(
        name: "OutlierThresholds", folder: "Thresholds", dependencies: ["OutlierCore"],
        testDependencies: ["OutlierStatistical"]),
    Family(
        name: "OutlierSupportVectors", folder: "SupportVectors",
        dependencies: ["OutlierCore", "LinearAlgebra", "CKernels"]),
    Family(
        name: "OutlierAutoencoder", folder: "Autoencoder",
        dependencies: ["OutlierCore", "LinearAlgebra", "CKernels", "Neural"],
        testDependencies: ["Neural", "NeuralTesting"]),
    Family(
        name: "OutlierFewLabels", folder: "FewLabels", dependencies: neural,
        testDependencies: ["Neural", "NeuralTesting"]),
    Family(
        name: "OutlierSupervised", folder: "Supervised",
        testDependencies: ["OutlierForests", "OutlierNeighbors", "OutlierStatistical"]),
    Family(
        name: "OutlierAutomatic", folder: "Automatic", dependencies: ["OutlierCore"],
        testDependencies: [
            "OutlierForests", "OutlierNeighbors", "OutlierPCA", "OutlierStatistical", "OutlierSupervised",
        ]),
    Family(
        name: "OutlierVision", folder: "Vision",
        dependencies: ["OutlierCore", "CKernels", "OutlierImages", "OutlierNetworks"],
        testDependencies: ["OutlierImages", "OutlierNetworks"]),
    Family(
        name: "OutlierEnsembles", folder: "Ensembles",
        testDependencies: ["OutlierForests", "OutlierNeighbors", "OutlierStatistical"]),
]

let package = Package(
    name: "swift-outlier",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Outlier", targets: ["Outlier"]),
        .library(name: "OutlierCore", targets: ["OutlierCore"]),
        .library(name: "OutlierData", targets: ["OutlierData"]),
        .library(name: "OutlierImages", targets: ["OutlierImages"]),
        .library(name: "OutlierNetworks", targets: ["OutlierNetworks"]),
        .library(name: "OutlierConfig", targets: ["OutlierConfig"]),
        .library(name: "OutlierTesting", targets: ["OutlierTesting"]),
        .library(name: "OutlierReport", targets: ["OutlierReport"]),
        .library(name: "OutlierTuning", targets: ["OutlierTuning"]),
        .library(name: "OutlierLabelReview", targets: ["OutlierLabelReview"]),
        .library(name: "OutlierWorkflow", targets: ["OutlierWorkflow"]),
        .library(name: "OutlierCommand", targets: ["OutlierCommand"]),
        .executable(name: "outlier", targets: ["OutlierMain"]),
        .library(name: "PluginHost", targets: ["PluginHost"]),
        .library(name: "OutlierPluginSDK", targets: ["OutlierPluginSDK"]),
        .executable(name: "outlier-plugin-worker", targets: ["OutlierPluginWorker"]),
    ] + families.map { .library(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        // System libraries.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The engine, from the bottom up.
        .target(name: "CKernels", cSettings: [.define("NDEBUG")]),
        .target(name: "CTextParsing", cxxSettings: [.define("NDEBUG")]),
        .target(name: "COutlierPlugin"),
        .target(name: "CPluginProcess"),
        .target(name: "OutlierNumerics"),
        .target(name: "OutlierCore", dependencies: ["OutlierNumerics"]),
        .target(name: "LinearAlgebra", dependencies: ["OutlierCore", "CKernels", "COpenBLAS"]),
        .target(name: "Distances", dependencies: ["OutlierCore", "CKernels"]),
        .target(name: "Neural", dependencies: ["OutlierCore", "LinearAlgebra", "Distances", "CKernels"]),
        .target(name: "CImageDecoding", dependencies: ["CJPEG", "CPNG"]),
        .target(name: "OutlierImages", dependencies: ["OutlierCore", "CKernels", "CImageDecoding"]),
        .target(name: "OutlierNetworks", dependencies: ["OutlierCore", "CKernels"]),
        .target(
            name: "OutlierData",
            dependencies: [
                "OutlierCore", "CTextParsing", "CZlib", "CZstd", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(name: "OutlierYAML", dependencies: ["OutlierCore", .product(name: "Yams", package: "Yams")]),
        .target(name: "OutlierConfig", dependencies: ["OutlierCore", "OutlierData", "OutlierYAML"]),
        .target(
            name: "PluginHost",
            dependencies: ["OutlierCore", "OutlierYAML", "CFFI", "COutlierPlugin", "CPluginProcess"]),
        .target(name: "OutlierPluginSDK", dependencies: ["OutlierCore", "COutlierPlugin"]),
        .target(name: "OutlierTuning", dependencies: ["OutlierCore"]),
        .target(name: "OutlierLabelReview", dependencies: ["OutlierCore"]),
        .target(name: "OutlierTesting", dependencies: ["OutlierCore"]),
        .target(name: "OutlierReport", dependencies: ["OutlierCore"]),
        .target(
            name: "OutlierWorkflow",
            dependencies: [
                "Outlier", "OutlierConfig", "OutlierData", "OutlierLabelReview", "OutlierReport", "OutlierTuning",
                "CKernels",
            ]),

        // What people use.
        .target(
            name: "Outlier",
            dependencies: ["OutlierCore", "Neural"] + families.map { .target(name: $0.name) }),
        .target(
            name: "OutlierCommand",
            dependencies: [
                "Outlier", "OutlierConfig", "OutlierData", "OutlierLabelReview", "OutlierReport", "OutlierTesting",
                "OutlierTuning", "OutlierImages", "OutlierVision", "OutlierWorkflow", "PluginHost",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // A link to the header: `outlier plugin header` prints what plug-ins are compiled with.
            resources: [.embedInCode("Plugins/outlier_plugin_h")]),
        .executableTarget(name: "OutlierPluginWorker", dependencies: ["PluginHost"]),
        .executableTarget(name: "OutlierMain", dependencies: ["Outlier", "OutlierCommand"]),

        .executableTarget(
            name: "ComposePipeline", dependencies: ["Outlier", "OutlierData"], path: "Examples/ComposePipeline"),
        .executableTarget(
            name: "FineTune", dependencies: ["OutlierAutoencoder", "OutlierCore", "OutlierData"],
            path: "Examples/FineTune"),
        .executableTarget(
            name: "InspectPictures",
            dependencies: ["OutlierCore", "OutlierImages", "OutlierNetworks", "OutlierVision"],
            path: "Examples/InspectPictures", exclude: ["convert_weights.py"]),
        // Networks are no public API, so this benchmark is not in the package of the others.
        .executableTarget(
            name: "TrainingSpeed", dependencies: ["COpenBLAS", "Neural", "OutlierAutoencoder", "OutlierCore"],
            path: "Benchmarks/Training"),

        .executableTarget(
            name: "InferenceSpeed", dependencies: ["OutlierCore", "OutlierImages", "OutlierNetworks"],
            path: "Benchmarks/Inference", exclude: ["peer.py"]),

        // Tests.
        .target(
            name: "NeuralTesting", dependencies: ["CAllocationCount", "Neural", "OutlierCore", "OutlierTesting"],
            path: "Tests/NeuralTesting"),
        .testTarget(name: "OutlierNumericsTests", dependencies: ["OutlierNumerics", "OutlierCore"]),
        .testTarget(name: "OutlierCoreTests", dependencies: ["OutlierCore", "OutlierTesting"]),
        .testTarget(name: "OutlierReportTests", dependencies: ["OutlierReport", "Outlier", "OutlierCore"]),
        .testTarget(
            name: "ManifestTests",
            dependencies: ["PluginHost", "OutlierCore", "OutlierTesting", "OutlierStatistical"]),
        .testTarget(
            name: "PluginHostTests",
            dependencies: [
                "PluginHost", "OutlierCore", "OutlierTesting", "OutlierPluginWorker", "OutlierStatistical",
                "OutlierNeighbors",
            ],
            // Compiled by the tests themselves.
            exclude: ["Plugins"]),
        .testTarget(name: "OutlierImagesTests", dependencies: ["OutlierImages", "OutlierCore"]),
        .testTarget(name: "OutlierNetworksTests", dependencies: ["OutlierNetworks", "OutlierImages", "OutlierCore"]),
        .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "OutlierCore"]),
        .testTarget(name: "DistancesTests", dependencies: ["Distances", "OutlierCore", "OutlierTesting"]),
        // Counts allocations, in the tests' process alone.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .testTarget(
            name: "NeuralTests",
            dependencies: [
                "CAllocationCount", "CKernels", "Neural", "LinearAlgebra", "OutlierCore", "OutlierTesting",
            ]),
        .testTarget(
            name: "OutlierConfigTests",
            dependencies: ["OutlierConfig", "OutlierCore", "OutlierData", "OutlierStatistical"]),
        .testTarget(
            name: "OutlierTuningTests",
            dependencies: [
                "OutlierTuning", "OutlierCore", "OutlierNeighbors", "OutlierStatistical", "OutlierTesting",
            ]),
        .testTarget(
            name: "OutlierLabelReviewTests",
            dependencies: [
                "OutlierLabelReview", "OutlierCore", "OutlierNeighbors", "OutlierSupervised", "OutlierTesting",
            ]),
        .testTarget(
            name: "OutlierWorkflowTests",
            dependencies: [
                "OutlierWorkflow", "Outlier", "OutlierConfig", "OutlierData", "OutlierLabelReview", "OutlierReport",
            ]),
        .testTarget(name: "OutlierCommandTests", dependencies: ["OutlierMain", "Outlier", "OutlierCore"]),
        .testTarget(
            name: "OutlierDataTests",
            dependencies: ["OutlierData", "OutlierCore", .product(name: "GRDB", package: "GRDB.swift")]),
    ]
        + families.map { .target(name: $0.name, dependencies: $0.dependencies, path: "Plugins/\($0.folder)") }
        + families.map {
            .testTarget(
                name: "\($0.name)Tests",
                dependencies: [.target(name: $0.name), "OutlierCore", "OutlierTesting", "LinearAlgebra"]
                    + $0.testDependencies)
        },
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)

for target in package.targets where target.type != .system && target.type != .plugin {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}

// Names of targets, with spaces between: only these and what they need are built, for the sanitizers, whose builds take long.
if let only = Context.environment["OUTLIER_ONLY"] {
    var kept: Set<String> = []
    var rest = only.split(separator: " ").map(String.init)
    while let name = rest.popLast() {
        guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else {
            continue
        }
        for dependency in target.dependencies {
            switch dependency {
            case .targetItem(let name, _), .byNameItem(let name, _): rest.append(name)
            default: break
            }
        }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll()
}
