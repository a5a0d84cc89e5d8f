import OutlierCore

/// The smallest detector there can be, for tests of what surrounds detectors.
struct CentroidDistance: Detector {
    static let name = "centroid"
    static let aliases = ["center"]
    static let summary = "Distance to the mean of the training rows."
    static var parameters: [Parameter<CentroidDistance>] {
        [
            .number("power", \.power, in: .positive, "The power to which the distance is raised."),
            .integer("rounds", \.rounds, in: .between(1, 10), "How often to report progress."),
        ]
    }

    var power = 1.0
    var rounds = 2

    func train(on data: Dataset, context: FitContext) throws -> Fitted {
        var center = [Double](repeating: 0, count: data.columnCount)
        for round in 0..<rounds {
            try context.checkCancellation()
            context.report(Double(round) / Double(rounds), stage: "averaging", loss: Double(rounds - round))
        }
        for row in 0..<data.rowCount {
            for column in center.indices { center[column] += data.matrix[row, column] / Double(data.rowCount) }
        }
        return Fitted(center: center, power: power)
    }

    struct Fitted: FittedDetector {
        let center: [Double]
        let power: Double

        var featureCount: Int { center.count }

        init(center: [Double], power: Double) {
            self.center = center
            self.power = power
        }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map { row in
                var sum = 0.0
                for column in center.indices {
                    let difference = abs(data.matrix[row, column] - center[column])
                    sum += power == 1 ? difference : difference * difference
                }
                return sum
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

extension Registry {
    /// What the core has, and ``CentroidDistance``.
    static func forTests() throws -> Registry {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(CentroidDistance.self, plugin: "Tests")
        return registry
    }
}

/// The error that `body` throws, or `nil`.
func error(_ body: () throws -> Void) -> OutlierError? {
    do {
        try body()
        return nil
    } catch {
        return error as? OutlierError
    }
}
