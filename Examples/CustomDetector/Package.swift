// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "CustomDetector",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-outlier", path: "../..")],
    targets: [
        .executableTarget(
            name: "CustomDetector",
            dependencies: [
                .product(name: "Outlier", package: "swift-outlier"),
                .product(name: "OutlierCommand", package: "swift-outlier"),
                .product(name: "OutlierTesting", package: "swift-outlier"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
