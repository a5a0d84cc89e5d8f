internal import OutlierCore

/// The windows of a series as rows of a table.
struct WindowTable {
    /// How many points a window has.
    let length: Int
    /// Whether each window and channel is brought to the mean 0 and the deviation 1.
    let normalizes: Bool
    /// The columns of one point.
    let columns: [Column]

    /// How many whole windows that begin `step` apart a series of `count` points has.
    func count(of count: Int, step: Int = 1) -> Int { count < length ? 0 : (count - length) / step + 1 }

    /// The columns of a window: those of its first point, of its second, and so on.
    var windowColumns: [Column] {
        (0..<length).flatMap { position in
            columns.map { column in
                var column = column
                if position < length - 1 { column.name += " t-\(length - 1 - position)" }
                return column
            }
        }
    }

    /// The windows `range` of those of a series.
    ///
    /// - Parameter rows: the points of the series.
    func windows(of rows: Matrix, _ range: Range<Int>, step: Int = 1) -> Matrix {
        let windows = rows.windows(length: length, step: step).rows(range)
        return normalizes ? normalized(windows) : windows
    }

    private func normalized(_ windows: Matrix) -> Matrix {
        let channels = columns.count
        var copy = Matrix(rowCount: windows.rowCount, columnCount: windows.columnCount)
        let length = length
        copy.withUnsafeMutableBufferPointer { target in
            windows.withUnsafeRows { source, stride in
                for row in 0..<windows.rowCount {
                    for channel in 0..<channels {
                        WindowTable.normalize(
                            source, from: row * stride + channel, into: target,
                            at: row * length * channels + channel, length: length, stride: channels)
                    }
                }
            }
        }
        return copy
    }

    /// Missing values stay missing. What is constant but for rounding becomes 0.
    private static func normalize(
        _ source: UnsafeBufferPointer<Double>, from start: Int, into target: UnsafeMutableBufferPointer<Double>,
        at place: Int, length: Int, stride: Int
    ) {
        var sum = 0.0
        var present = 0.0
        var largest = 0.0
        for index in 0..<length {
            let value = source[start + index * stride]
            if value.isNaN { continue }
            sum += value
            present += 1
            largest = max(largest, abs(value))
        }
        let mean = present == 0 ? 0 : sum / present
        var squares = 0.0
        for index in 0..<length {
            let deviation = source[start + index * stride] - mean
            if !deviation.isNaN { squares += deviation * deviation }
        }
        let deviation = present == 0 ? 0 : (squares / present).squareRoot()
        let scale = deviation > 1e-13 * largest ? 1 / deviation : 0
        for index in 0..<length {
            let value = source[start + index * stride]
            target[place + index * stride] = value.isNaN ? .nan : (value - mean) * scale
        }
    }
}
