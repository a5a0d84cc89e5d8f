import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierWorkflow

/// A folder of its own, gone when it is not needed any more.
final class WorkflowFolder {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("outlier-workflow-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    @discardableResult func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        return path(name)
    }

    func configuration(_ text: String) throws -> RunConfiguration {
        try ConfigurationFile.parse(text, folder: url, registry: .standard)
    }

    /// Noise: the truth of a row has nothing to do with its values. Of every other row it is known.
    func writeCoins(rows: Int = 300, to name: String = "coins.csv") throws {
        var random = RandomSource(seed: 5)
        var text = "id,a,b,c,d,truth,known\n"
        for row in 0..<rows {
            let values = (0..<4).map { _ in String(random.normal()) }.joined(separator: ",")
            let isAnomaly = random.uniform() < 0.3
            let known = row % 2 == 0 ? (isAnomaly ? "anomaly" : "normal") : ""
            text += "r\(row),\(values),\(isAnomaly ? 1 : 0),\(known)\n"
        }
        try write(text, to: name)
    }
}
