// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "SwiftZScore",
    platforms: [.macOS(.v15)],
    products: [.library(name: "SwiftZScore", type: .dynamic, targets: ["SwiftZScore"])],
    dependencies: [.package(name: "swift-outlier", path: "../../..")],
    targets: [
        .target(name: "SwiftZScore", dependencies: [.product(name: "OutlierPluginSDK", package: "swift-outlier")])
    ],
    swiftLanguageModes: [.v6]
)
