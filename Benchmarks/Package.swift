// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that what benchmarks need never reaches a user of the engine.
let package = Package(
    name: "outlier-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-outlier", path: "..")],
    targets: [
        .executableTarget(
            name: "AutomaticQuality",
            dependencies: [
                .product(name: "Outlier", package: "swift-outlier"),
                .product(name: "OutlierData", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "CSVSpeed",
            dependencies: [
                .product(name: "OutlierCore", package: "swift-outlier"),
                .product(name: "OutlierData", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "FineTuningGain",
            dependencies: [
                .product(name: "OutlierCore", package: "swift-outlier"),
                .product(name: "OutlierAutoencoder", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "ForeignCalls",
            dependencies: [
                .product(name: "OutlierCore", package: "swift-outlier"),
                .product(name: "OutlierStatistical", package: "swift-outlier"),
                .product(name: "PluginHost", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "Decide",
            dependencies: [
                .product(name: "Outlier", package: "swift-outlier"),
                .product(name: "OutlierData", package: "swift-outlier"),
                .product(name: "OutlierReport", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "IsolationForestSpeed",
            dependencies: [.product(name: "Outlier", package: "swift-outlier")]),
        .executableTarget(
            name: "Quality",
            dependencies: [
                .product(name: "Outlier", package: "swift-outlier"),
                .product(name: "OutlierTesting", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "SeriesQuality",
            dependencies: [
                .product(name: "Outlier", package: "swift-outlier"),
                .product(name: "OutlierData", package: "swift-outlier"),
            ]),
        .executableTarget(name: "Speed", dependencies: [.product(name: "Outlier", package: "swift-outlier")]),
        .executableTarget(
            name: "PluginOverhead",
            dependencies: [
                .product(name: "OutlierCore", package: "swift-outlier"),
                .product(name: "OutlierTesting", package: "swift-outlier"),
                .product(name: "PluginHost", package: "swift-outlier"),
            ]),
        .executableTarget(
            name: "NearestNeighbors",
            dependencies: [
                .product(name: "OutlierCore", package: "swift-outlier"),
                .product(name: "OutlierNeighbors", package: "swift-outlier"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
