import Foundation
import OutlierCore
import OutlierSeries

/// A file of `Tests/Fixtures`.
func fixture(_ name: String) throws -> Value {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
    return try Value(json: Data(contentsOf: path))
}
