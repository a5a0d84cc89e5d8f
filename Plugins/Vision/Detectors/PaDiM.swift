public import OutlierCore
public import OutlierImages
import OutlierNetworks

/// How far each place of a picture is from the normal distribution of that place in normal pictures.
///
/// Each place has a mean and a covariance of its own, over some channels drawn at random; a small multiple of the identity is
/// added. A place scores its Mahalanobis distance. Pictures must show the same thing at the same place.
///
/// T. Defard, A. Setkov, A. Loesch, R. Audigier: PaDiM (2021).
///
/// Memory is 8 p d² ÷ 2 bytes for p places and d channels, whatever the number of pictures.
public struct PaDiM: Sendable {
    /// How many channels are drawn.
    public var channels: Int
    /// What is added to each variance.
    public var regularization: Double

    public init(channels: Int = 100, regularization: Double = 0.01) {
        self.channels = channels
        self.regularization = regularization
    }

    /// Learns from pictures that are made one at a time, for instance read from files.
    ///
    /// - Throws: ``OutlierError/Code/notEnoughRows`` where there are fewer than two pictures,
    ///   ``OutlierError/Code/invalidParameter``.
    public func fit(
        count: Int, encoder: PatchEncoder, context: FitContext = FitContext(),
        image: @Sendable (Int) throws -> RasterImage
    ) throws -> FittedPaDiM {
        try fit(count: count, width: encoder.width, context: context) { index, execution in
            try encoder.rows(of: image(index), execution: execution)
        }
    }

    /// Learns from the rows of pictures, `sourceWidth` numbers each.
    func fit(
        count: Int, width sourceWidth: Int, context: FitContext,
        encode: @Sendable (Int, Execution) throws -> PatchRows
    ) throws -> FittedPaDiM {
        try validate()
        guard count >= 2 else {
            throw OutlierError(.notEnoughRows, "at least 2 pictures are needed, but there are \(count)")
        }
        var random = context.random()
        let width = min(channels, sourceWidth)
        let drawn =
            width == sourceWidth ? Array(0..<width) : random.sample(width, below: sourceWidth).sorted()
        let first = try encode(0, context.execution)
        let places = first.count
        let triangle = width * (width + 1) / 2
        let needed = 12 * Double(places) * Double(triangle)
        guard needed < 0.8 * MachineMemory.limit else {
            throw OutlierError(
                .shapeMismatch, "\(places) places of \(width) channels need \(Int(needed / 1_073_741_824) + 1) GiB",
                suggestion: "Lower “channels” or choose coarser stages.")
        }
        // About the first picture, so that sums of squares lose nothing.
        let shift = FittedPaDiM.chosen(first, drawn)
        var sums = [Double](repeating: 0, count: places * width)
        var products = [Double](repeating: 0, count: places * triangle)
        let single = Execution(threads: 1, cancellation: context.execution.cancellation)
        let batch = 8
        for start in stride(from: 1, to: count, by: batch) {
            let size = min(batch, count - start)
            let encoded = Guarded<[[Float]]>([[Float]](repeating: [], count: size))
            try context.execution.forEach(size) { index in
                let rows = try encode(start + index, single)
                let values = FittedPaDiM.chosen(rows, drawn)
                encoded.withLock { $0[index] = values }
            }
            let values = encoded.withLock { $0 }
            try sums.withUnsafeMutableBufferPointer { sumBuffer in
                try products.withUnsafeMutableBufferPointer { productBuffer in
                    let sums = SharedBuffer(sumBuffer)
                    let products = SharedBuffer(productBuffer)
                    try context.execution.forEachBlock(of: places, size: 64) { range in
                        var difference = [Double](repeating: 0, count: width)
                        for picture in values {
                            for place in range {
                                for column in 0..<width {
                                    let index = place * width + column
                                    difference[column] = Double(picture[index] - shift[index])
                                    sums.buffer[index] += difference[column]
                                }
                                var target = place * triangle
                                for row in 0..<width {
                                    let factor = difference[row]
                                    for column in 0...row {
                                        products.buffer[target + column] += factor * difference[column]
                                    }
                                    target += row + 1
                                }
                            }
                        }
                    }
                }
            }
            context.report(Double(start + size) / Double(count), stage: "places")
        }
        let model = Guarded<(means: [Float], factors: [Float])>(
            ([Float](repeating: 0, count: places * width), [Float](repeating: 0, count: places * triangle)))
        let allSums = sums
        let allProducts = products
        try context.execution.forEachBlock(of: places, size: 64) { range in
            var means = [Float](repeating: 0, count: range.count * width)
            var factors = [Float](repeating: 0, count: range.count * triangle)
            for place in range {
                var covariance = [Double](repeating: 0, count: triangle)
                var index = 0
                for row in 0..<width {
                    for column in 0...row {
                        let product = allSums[place * width + row] * allSums[place * width + column] / Double(count)
                        covariance[index] = (allProducts[place * triangle + index] - product) / Double(count - 1)
                        if row == column { covariance[index] += regularization }
                        index += 1
                    }
                    means[(place - range.lowerBound) * width + row] = Float(
                        Double(shift[place * width + row]) + allSums[place * width + row] / Double(count))
                }
                try Self.invertFactor(&covariance, width)
                for index in 0..<triangle {
                    factors[(place - range.lowerBound) * triangle + index] = Float(covariance[index])
                }
            }
            model.withLock { model in
                for index in means.indices { model.means[range.lowerBound * width + index] = means[index] }
                for index in factors.indices { model.factors[range.lowerBound * triangle + index] = factors[index] }
            }
        }
        let (means, factors) = model.withLock { $0 }
        return FittedPaDiM(
            rows: first.rows, columns: first.columns, channels: drawn, sourceWidth: sourceWidth, means: means,
            factors: factors)
    }

    /// A packed covariance becomes the inverse of its Cholesky factor.
    static func invertFactor(_ matrix: inout [Double], _ width: Int) throws {
        func at(_ row: Int, _ column: Int) -> Int { row * (row + 1) / 2 + column }
        for row in 0..<width {
            for column in 0...row {
                var sum = matrix[at(row, column)]
                for k in 0..<column { sum -= matrix[at(row, k)] * matrix[at(column, k)] }
                if row == column {
                    guard sum > 0 else {
                        throw OutlierError(
                            .numericalFailure, "the features of a place have no usable covariance",
                            suggestion: "Raise “regularization”.")
                    }
                    matrix[at(row, row)] = sum.squareRoot()
                } else {
                    matrix[at(row, column)] = sum / matrix[at(column, column)]
                }
            }
        }
        for column in 0..<width {
            matrix[at(column, column)] = 1 / matrix[at(column, column)]
            for row in column + 1..<max(width, column + 1) {
                var sum = 0.0
                for k in column..<row { sum -= matrix[at(row, k)] * matrix[at(k, column)] }
                matrix[at(row, column)] = sum / matrix[at(row, row)]
            }
        }
    }
}

/// What ``PaDiM`` learns: a normal distribution for each place.
public struct FittedPaDiM: Sendable {
    let rows: Int
    let columns: Int
    /// Which of the encoder's channels count.
    let channels: [Int]
    let sourceWidth: Int
    /// Places × channels.
    let means: [Float]
    /// Places × packed lower triangle: the inverse of the Cholesky factor of the covariance.
    let factors: [Float]

    static func chosen(_ rows: PatchRows, _ channels: [Int]) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(rows.count * channels.count)
        for place in 0..<rows.count {
            for channel in channels { result.append(rows.values[place * rows.width + channel]) }
        }
        return result
    }

    /// How far each place is from what is usual there.
    public func score(_ rows: PatchRows) throws -> HeatMap {
        guard rows.width == sourceWidth, rows.rows == self.rows, rows.columns == columns else {
            throw OutlierError(
                .shapeMismatch,
                "the picture has \(rows.rows) × \(rows.columns) places of \(rows.width) numbers, but the model was fitted on \(self.rows) × \(columns) of \(sourceWidth)"
            )
        }
        let width = channels.count
        let triangle = width * (width + 1) / 2
        var result = [Float](repeating: 0, count: rows.count)
        var difference = [Float](repeating: 0, count: width)
        for place in 0..<rows.count {
            for (column, channel) in channels.enumerated() {
                difference[column] = rows.values[place * rows.width + channel] - means[place * width + column]
            }
            var sum: Float = 0
            var source = place * triangle
            factors.withUnsafeBufferPointer { factors in
                for row in 0..<width {
                    var parts = SIMD8<Float>()
                    var column = 0
                    while column + 8 <= row + 1 {
                        var left = SIMD8<Float>()
                        var right = SIMD8<Float>()
                        for lane in 0..<8 {
                            left[lane] = factors[source + column + lane]
                            right[lane] = difference[column + lane]
                        }
                        parts += left * right
                        column += 8
                    }
                    var value = parts.sum()
                    while column <= row {
                        value += factors[source + column] * difference[column]
                        column += 1
                    }
                    sum += value * value
                    source += row + 1
                }
            }
            result[place] = sum.squareRoot()
        }
        return HeatMap(height: rows.rows, width: rows.columns, values: result)
    }
}
