import Foundation
package import OutlierCore

/// Interrupts fits again and again and lets them go on.
package enum Resuming {
    /// Fits `detector`, cancelling it three times at its first report and then every few milliseconds, and going on from
    /// the checkpoint each time.
    ///
    /// - Returns: the scores, and how often the fit was interrupted.
    package static func scores<D: Detector>(
        of detector: D, on data: Dataset, seed: UInt64
    ) throws -> (scores: [Double], interruptions: Int) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("fit-\(UUID().uuidString)").path
        var interruptions = 0
        while true {
            let cancellation = Cancellation()
            let checkpoints = Checkpoints(path: path, interval: 1_000, resumes: interruptions > 0)
            // Longer every time, so that a slow machine comes to an end too.
            let patience = 0.01 + 0.005 * Double(interruptions)
            // A thread of its own: tests that run side by side keep all others busy.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: patience)
                cancellation.cancel()
            }
            let cancelsAtOnce = interruptions < 3
            do {
                let result = try detector.fitAndScore(
                    data,
                    context: FitContext(
                        seed: seed, execution: Execution(cancellation: cancellation), checkpoints: checkpoints,
                        observer: { _ in if cancelsAtOnce { cancellation.cancel() } }))
                checkpoints.removeWritten()
                return (result.scores.values, interruptions)
            } catch is CancellationError {
                interruptions += 1
            }
        }
    }
}

/// Tables that lie in a file.
package enum MappedTable {
    package static func copy(of data: Dataset) throws -> Dataset {
        let folder = FileManager.default.temporaryDirectory.path
        return try data.replacing(
            Matrix(rowCount: data.rowCount, columnCount: data.columnCount, inFolder: folder) { target in
                data.matrix.withUnsafeBufferPointer { _ = target.initialize(from: $0) }
            })
    }
}
