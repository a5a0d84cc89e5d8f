public import OutlierCore

/// How badly a polynomial through the surroundings of a block of points foretells the block: the root mean square of the
/// residuals, in units of the training series' range; at least 0.
///
/// The series is cut into blocks of `length` points. For each, a polynomial of degree `degree` is fitted by least squares to
/// the `surroundings` points around it, without the block itself. All points of a block have one score; of several
/// channels, it is the root mean square over them. Nothing but the length and the range is learnt: scores are of the series
/// that is scored, and each looks at its future.
///
/// A series that has no more points than `degree` beside a block scores 0 there. Cost: O(n · surroundings / length).
///
/// Z. Li, Y. Wang, Y. Wang et al.: “A unifying method for outlier and change detection from data streams based on local
/// polynomial fitting”, 2007, in the form of TSB-UAD (2022), which scores blocks by the distance of their spectra: by
/// Parseval's theorem, that is the root mean square of the residuals. Unlike there, the begin of a series is scored too.
public struct PolynomialResiduals: Detector, OrderReading {
    public static let name = "poly"
    public static let summary =
        "How badly a polynomial through the surroundings of a block of points foretells the block."
    public static let reference: String? =
        "Z. Li, H. Ma, Y. Mei: A Unifying Method for Outlier and Change Detection from Data Streams Based on Local Polynomial Fitting, 2007"
    public static let parameters: [Parameter<PolynomialResiduals>] = [
        .integer(
            "length", \.length, in: .atLeast(1), word: "auto",
            "Points in a block; auto for the period that is found in the training series."),
        .integer("degree", \.degree, in: .between(0, 10), "Degree of the polynomial."),
        .integer(
            "surroundings", \.surroundings, in: .atLeast(2), word: "auto",
            "Points around a block that the polynomial is fitted to; auto for 10 blocks, at least 100."),
    ]

    /// Points in a block, at least 1; `nil` for the period of the training series.
    public var length: Int?
    /// 0...10.
    public var degree: Int
    /// Points around a block, at least 2; `nil` for 10 blocks, at least 100.
    public var surroundings: Int?

    public init() { self.init(length: nil) }

    public init(length: Int? = nil, degree: Int = 4, surroundings: Int? = nil) {
        self.length = length
        self.degree = degree
        self.surroundings = surroundings
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPolynomialResiduals {
        let length = WindowLength.resolve(length, data: data)
        let ranges = (0..<data.columnCount).map { column -> Double in
            let values = data.matrix.column(column)
            let half = (values.max() ?? 0) / 2 - (values.min() ?? 0) / 2
            return half > 0 ? half : 0.5
        }
        return FittedPolynomialResiduals(
            length: length, degree: degree, surroundings: surroundings ?? max(100, 10 * min(length, 1 << 40)),
            halfRanges: ranges)
    }
}

/// What ``PolynomialResiduals`` learns: the length of the blocks and the range of the channels.
public struct FittedPolynomialResiduals: FittedDetector, OrderReading {
    /// Points in a block.
    public let length: Int
    let degree: Int
    let surroundings: Int
    /// Half of the range of each channel.
    let halfRanges: [Double]

    public var featureCount: Int { halfRanges.count }

    init(length: Int, degree: Int, surroundings: Int, halfRanges: [Double]) {
        self.length = length
        self.degree = degree
        self.surroundings = surroundings
        self.halfRanges = halfRanges
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        var scores = [Double](repeating: 0, count: data.rowCount)
        for range in data.seriesRanges {
            let channels = halfRanges.indices.map { column in
                data.matrix.column(column, in: range).map { value in
                    // A value far from the training ones is cut off, so that its square is a number.
                    max(-1e100, min(1e100, value / 2 / halfRanges[column]))
                }
            }
            let blocks = (range.count + length - 1) / length
            let found = try execution.map(blocks, blockSize: 16) { numbers, target in
                for number in numbers {
                    let block = number * length..<min(range.count, (number + 1) * length)
                    let squares = channels.reduce(0) { $0 + residual(of: block, in: $1) }
                    target[number - numbers.lowerBound] = (squares / Double(channels.count)).squareRoot()
                }
            }
            for point in range { scores[point] = found[(point - range.lowerBound) / length] }
        }
        return scores
    }

    /// The mean square of what the polynomial leaves of a block.
    private func residual(of block: Range<Int>, in values: [Double]) -> Double {
        let half = surroundings / 2
        var first = block.lowerBound - half
        var last = block.lowerBound + half
        if first < 0 {
            last = min(values.count, max(last, surroundings))
            first = 0
        }
        if last > values.count {
            first = max(0, min(first, values.count - surroundings))
            last = values.count
        }
        let outside = (first..<last).filter { !block.contains($0) }
        guard outside.count > degree else { return 0 }
        // Legendre polynomials on −1...1 are nearly orthogonal there, so that their normal equations are well posed.
        let reach = first..<max(last, block.upperBound)
        let middle = Double(reach.lowerBound + reach.upperBound - 1) / 2
        let scale = 2 / Double(max(1, reach.count - 1))
        let width = degree + 1
        var normal = [Double](repeating: 0, count: width * width)
        var right = [Double](repeating: 0, count: width)
        var basis = [Double](repeating: 0, count: width)
        func evaluate(_ point: Int) {
            let x = (Double(point) - middle) * scale
            basis[0] = 1
            if width > 1 { basis[1] = x }
            if width > 2 {
                for power in 2..<width {
                    basis[power] =
                        (Double(2 * power - 1) * x * basis[power - 1] - Double(power - 1) * basis[power - 2])
                        / Double(power)
                }
            }
        }
        for point in outside {
            evaluate(point)
            for row in 0..<width {
                right[row] += basis[row] * values[point]
                for column in 0...row { normal[row * width + column] += basis[row] * basis[column] }
            }
        }
        guard let coefficients = SmallSystem.solve(normal, right) else { return 0 }
        var sum = 0.0
        for point in block {
            evaluate(point)
            var difference = values[point]
            for power in 0..<width { difference -= coefficients[power] * basis[power] }
            sum += difference * difference
        }
        return sum / Double(block.count)
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(length, as: "length")
        archive.store(degree, as: "degree")
        archive.store(surroundings, as: "surroundings")
        archive.store(halfRanges, as: "half-ranges")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        length = try archive.integer("length", in: 1...Int.max / 2)
        degree = try archive.integer("degree", in: 0...10)
        surroundings = try archive.integer("surroundings", in: 2...Int.max / 2)
        halfRanges = try archive.doubles("half-ranges")
        guard !halfRanges.isEmpty, halfRanges.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw OutlierError(.invalidModel, "the model has no columns, or a range that is no positive number")
        }
    }
}

/// Symmetric positive definite systems of a few equations.
enum SmallSystem {
    /// The solution by Cholesky's factors; `nil` where the matrix is singular.
    ///
    /// - Parameter matrix: row-major; its lower triangle is read.
    static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
        let size = right.count
        var lower = matrix
        var solution = right
        for column in 0..<size {
            let original = lower[column * size + column]
            var pivot = original
            for index in 0..<column { pivot -= lower[column * size + index] * lower[column * size + index] }
            guard pivot > 1e-14 * original, pivot.isFinite else { return nil }
            let root = pivot.squareRoot()
            lower[column * size + column] = root
            for row in column + 1..<max(size, column + 1) {
                var value = lower[row * size + column]
                for index in 0..<column { value -= lower[row * size + index] * lower[column * size + index] }
                lower[row * size + column] = value / root
            }
        }
        for row in 0..<size {
            for index in 0..<row { solution[row] -= lower[row * size + index] * solution[index] }
            solution[row] /= lower[row * size + row]
        }
        for row in (0..<size).reversed() {
            for index in row + 1..<max(size, row + 1) { solution[row] -= lower[index * size + row] * solution[index] }
            solution[row] /= lower[row * size + row]
        }
        return solution
    }
}
