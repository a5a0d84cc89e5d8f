// A detector in Swift, in a shared library that “outlier” loads at run time.
//
//     swift build -c release --product SwiftZScore
//     outlier plugin check .build/release/libSwiftZScore.so

import OutlierPluginSDK

@_cdecl("outlier_plugin_entry")
public func entry() -> UnsafeRawPointer {
    PluginExport.table("z-score-in-swift", version: "1.0.0", SwiftZScore.self)
}

/// The distance of a row's values from the means, in standard deviations.
struct SwiftZScore: Detector {
    static let name = "swift-z-score"
    static let summary = "Distance of the values from the means, in standard deviations; a Swift library."
    static var parameters: [Parameter<SwiftZScore>] {
        [.choice("aggregation", \.aggregation, "How the terms of the columns become one score.")]
    }

    enum Aggregation: String, CaseIterable, Sendable {
        case maximum, mean, sum
    }

    var aggregation = Aggregation.maximum

    func train(on data: Dataset, context: FitContext) throws -> Model {
        var means: [Double] = []
        var scales: [Double] = []
        for column in 0..<data.columnCount {
            try context.checkCancellation()
            context.report(Double(column) / Double(data.columnCount), stage: "columns")
            let values = data.matrix.column(column)
            let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
            let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            guard mean.isFinite, squares.isFinite else {
                throw OutlierError(.numericalFailure, "the values of “\(data.columns[column].name)” are too large")
            }
            let deviation = (squares / Double(values.count)).squareRoot()
            means.append(mean)
            // What rounding leaves of a constant column is not a spread.
            scales.append(deviation > 1e-13 * abs(mean) ? deviation : 1)
        }
        return Model(means: means, scales: scales, aggregation: aggregation)
    }

    struct Model: FittedDetector {
        let means: [Double]
        let scales: [Double]
        let aggregation: Aggregation
        var featureCount: Int { means.count }

        init(means: [Double], scales: [Double], aggregation: Aggregation) {
            self.means = means
            self.scales = scales
            self.aggregation = aggregation
        }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            data.matrix.withUnsafeBufferPointer { values in
                (0..<data.rowCount).map { row in
                    var largest = 0.0
                    var sum = 0.0
                    for column in means.indices {
                        let term = abs(values[row * means.count + column] - means[column]) / scales[column]
                        largest = max(largest, term)
                        sum += term
                    }
                    return switch aggregation {
                    case .maximum: largest
                    case .mean: sum / Double(means.count)
                    case .sum: sum
                    }
                }
            }
        }

        func encode(to archive: inout ModelArchive) throws {
            archive.store(means, as: "means")
            archive.store(scales, as: "scales")
            archive.store(aggregation.rawValue, as: "aggregation")
        }

        init(from archive: ModelArchive, registry: Registry) throws {
            means = try archive.doubles("means")
            scales = try archive.doubles("scales", count: means.count)
            guard let aggregation = Aggregation(rawValue: try archive.string("aggregation")) else {
                throw OutlierError(.invalidModel, "the model's aggregation is unknown")
            }
            self.aggregation = aggregation
        }
    }
}
