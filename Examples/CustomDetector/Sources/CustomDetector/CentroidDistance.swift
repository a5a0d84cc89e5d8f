import Foundation
import Outlier

/// A row's score is its distance to the mean of the training rows.
struct CentroidDistance: Detector {
    static let name = "centroid"
    static let summary = "Distance to the mean of the training rows."
    static var parameters: [Parameter<CentroidDistance>] {
        [.number("power", \.power, in: .positive, "The power of the norm: 1 for Manhattan, 2 for Euclid.")]
    }

    var power = 2.0

    func train(on data: Dataset, context: FitContext) throws -> Model {
        let center = (0..<data.columnCount).map { column in
            data.matrix.column(column).reduce(0, +) / Double(data.rowCount)
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
