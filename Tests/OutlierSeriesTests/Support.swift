import Foundation
import OutlierCore
import OutlierSeries

/// A file of `Tests/Fixtures`.
func fixture(_ name: String) throws -> Value {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
    return try Value(json: Data(contentsOf: path))
}

enum Sine {
    static func of(_ angle: Double) -> Double { sin(angle) }
}

enum FitAndScore {
    static func of(_ detector: any Detector, _ data: Dataset) throws -> [Double] {
        func run(_ detector: some Detector) throws -> [Double] { try detector.fitAndScore(data).scores.values }
        return try run(detector)
    }
}

enum ModelBytes {
    static func of(_ model: FittedPipeline) throws -> [UInt8] {
        var archive = ModelArchive()
        try model.encode(to: &archive)
        return try archive.bytes()
    }
}
