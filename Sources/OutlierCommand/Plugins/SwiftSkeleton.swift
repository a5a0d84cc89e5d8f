/// A detector in Swift, as a shared library.
enum SwiftSkeleton {
    static func files(_ name: PluginName, package: String) -> [SkeletonFile] {
        let library = ".build/release/lib\(name.camel).so"
        return [
            SkeletonFile(
                path: "Package.swift",
                text: """
                    // swift-tools-version: 6.1
                    import PackageDescription

                    let package = Package(
                        name: "\(name.kebab)",
                        platforms: [.macOS(.v15)],
                        products: [.library(name: "\(name.camel)", type: .dynamic, targets: ["\(name.camel)"])],
                        dependencies: [.package(name: "swift-outlier", path: "\(package)")],
                        targets: [
                            .target(
                                name: "\(name.camel)",
                                dependencies: [.product(name: "OutlierPluginSDK", package: "swift-outlier")])
                        ],
                        swiftLanguageModes: [.v6]
                    )

                    """),
            SkeletonFile(path: "Sources/\(name.camel)/\(name.camel).swift", text: source(name)),
            SkeletonFile(
                path: "README.md",
                text: """
                    # \(name.kebab)

                    A detector for Outlier in Swift.

                        swift build -c release --product \(name.camel)
                        outlier plugin check \(library)
                        outlier run example.yaml

                    What a score is, stands in `computeScores`; what is learnt, in `train`; what can be set, in `parameters`.

                    """),
            SkeletonFile(path: ".gitignore", text: ".build/\n"),
        ] + SkeletonFile.example(name, plugin: library)
    }

    private static func source(_ name: PluginName) -> String {
        """
        import Foundation
        import OutlierPluginSDK

        @_cdecl("outlier_plugin_entry")
        public func entry() -> UnsafeRawPointer { PluginExport.table("\(name.kebab)", version: "0.1.0", \(name.camel).self) }

        /// A row's score is its distance to the mean of the training rows.
        struct \(name.camel): Detector {
            static let name = "\(name.kebab)"
            static let summary = "Distance to the mean of the training rows."
            static var parameters: [Parameter<\(name.camel)>] {
                [.number("power", \\.power, in: .positive, "The power of the norm: 1 for Manhattan, 2 for Euclid.")]
            }

            var power = 2.0

            func train(on data: Dataset, context: FitContext) throws -> Model {
                let center = (0..<data.columnCount).map { column in
                    data.matrix.column(column).reduce(0) { $0 + $1 / Double(data.rowCount) }
                }
                return Model(center: center, power: power)
            }

            struct Model: FittedDetector {
                let center: [Double]
                let power: Double
                var featureCount: Int { center.count }

                init(center: [Double], power: Double) {
                    self.center = center
                    self.power = power
                }

                func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
                    (0..<data.rowCount).map { row in
                        zip(data.matrix.row(row), center).reduce(0) { $0 + pow(abs($1.0 - $1.1), power) }
                    }
                }

                func encode(to archive: inout ModelArchive) throws {
                    archive.store(center, as: "center")
                    archive.store([power], as: "power")
                }

                init(from archive: ModelArchive, registry: Registry) throws {
                    center = try archive.doubles("center")
                    power = try archive.doubles("power", count: 1)[0]
                }
            }
        }

        """
    }
}
