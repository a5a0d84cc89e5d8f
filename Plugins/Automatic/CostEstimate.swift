import Foundation
import OutlierCore

/// How long a detector will take on a table, by fits of small parts of it.
enum CostEstimate {
    /// The seconds that `detector` will take on all of `data`, on one thread.
    ///
    /// Fits are made on ever larger parts, both rows and columns doubled, until one takes `patience` seconds or is the
    /// whole. From there on, cost is taken to grow by the powers of rows and of columns by which it grew from half of
    /// them: between 1 and 2.5 for rows, between 0.5 and 3 for columns.
    /// - Parameter limit: stops the estimate, which is then made as if cost grew in proportion from where it was, and is
    ///   infinite where not even the first, smallest part was done.
    static func seconds(
        of detector: any Detector, on data: Dataset, patience: Double, limit: Cancellation, context: FitContext
    ) throws -> Double {
        let limited = context.stopped(by: limit)
        var rows = min(data.rowCount, 256)
        var columns = min(data.columnCount, 16)
        var taken: Double
        do {
            taken = try time(detector, data, rows, columns, limited)
            // A fit that was stopped has no time.
            try limited.checkCancellation()
        } catch is CancellationError {
            try context.checkCancellation()
            return .infinity
        }
        var powers = (rows: 1.0, columns: 1.0)
        do {
            while taken < patience && (rows < data.rowCount || columns < data.columnCount) {
                let larger = (rows: min(2 * rows, data.rowCount), columns: min(2 * columns, data.columnCount))
                taken = try time(detector, data, larger.rows, larger.columns, limited)
                (rows, columns) = larger
            }
            if rows < data.rowCount {
                let half = try time(detector, data, max(1, rows / 2), columns, limited)
                powers.rows = min(2.5, max(1, log2(taken / max(half, 1e-6))))
            }
            if columns < data.columnCount {
                let half = try time(detector, data, rows, max(1, columns / 2), limited)
                powers.columns = min(3, max(0.5, log2(taken / max(half, 1e-6))))
            }
        } catch is CancellationError {
            try context.checkCancellation()
        }
        return taken * pow(Double(data.rowCount) / Double(rows), powers.rows)
            * pow(Double(data.columnCount) / Double(columns), powers.columns)
    }

    private static func time(
        _ detector: any Detector, _ data: Dataset, _ rows: Int, _ columns: Int, _ context: FitContext
    ) throws -> Double {
        try context.checkCancellation()
        var random = context.random(stream: rows)
        let chosen = random.sample(rows, below: data.rowCount)
        var part = data.selectingRows(chosen)
        if columns < data.columnCount {
            part = try part.selectingColumns(random.sample(columns, below: data.columnCount))
        }
        let clock = ContinuousClock()
        let start = clock.now
        _ = try? fit(detector, part, context.singleThreaded)
        let duration = clock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func fit(_ detector: some Detector, _ data: Dataset, _ context: FitContext) throws -> Int {
        try detector.fitAndScore(data, context: context).scores.count
    }
}
