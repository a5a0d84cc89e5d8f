/// How good a detector is on a table of which no labels are known: excess mass and mass volume.
///
/// Both ask how small the space is that a detector calls normal, for the part of the rows that lie in it. The detector is
/// fitted on one half of the rows; the scores of the other half and of places spread evenly over the box that holds all
/// rows are compared. As no box of many dimensions can be filled, each of ``draws`` repetitions takes ``columns`` random
/// columns, and the means over repetitions are given. Columns are brought to the range 0...1, so that units do not count.
///
/// A measure compares detectors, or parameters, on the same table with the same seed; its value alone says nothing. It
/// prefers what follows the density of the rows, which is what anomalies are far from only as far as they lie where few
/// rows are.
///
/// N. Goix, “How to Evaluate the Quality of Unsupervised Anomaly Detection Algorithms?”, 2016.
public struct InternalMeasures: Sendable {
    /// What was measured.
    public struct Values: Sendable, Equatable {
        /// The area under the excess-mass curve: the higher, the better.
        public var excessMass: Double
        /// The mean volume of the sets that hold 0.9 to 0.999 of the rows, as a part of the box: the lower, the better.
        public var massVolume: Double
    }

    /// How many times columns and halves are drawn.
    public var draws: Int
    /// How many columns at a time, at most.
    public var columns: Int
    /// How many rows at a time, at most: half to fit, half to measure.
    public var rows: Int
    /// How many places of the box.
    public var places: Int

    /// - Parameters: each at least 1, `rows` at least 2.
    public init(draws: Int = 10, columns: Int = 5, rows: Int = 2000, places: Int = 5000) {
        self.draws = draws
        self.columns = columns
        self.rows = rows
        self.places = places
    }

    /// Measures a detector on numbers. Labels are not looked at.
    ///
    /// - Parameter data: what the detector takes, thus prepared; infinite values are not allowed.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where there are fewer than four rows or no column varies, and what a
    ///   fit throws.
    public func values(of detector: any Detector, on data: Dataset, context: FitContext) throws -> Values {
        let ranges = try ranges(of: data.matrix)
        let varying = ranges.indices.filter { ranges[$0].lowest < ranges[$0].highest }
        guard data.rowCount >= 4, !varying.isEmpty else {
            throw OutlierError(
                .shapeMismatch,
                "a measure without labels needs four rows and a column that varies, but there are \(data.rowCount) rows and \(varying.count) such columns"
            )
        }
        let numbers = try Dataset(data.matrix, columns: data.columns.map { Column($0.name) })
        var sums = Values(excessMass: 0, massVolume: 0)
        for draw in 0..<max(1, draws) {
            try context.checkCancellation()
            var random = context.random(stream: draw)
            let chosen = random.sample(min(max(1, columns), varying.count), below: varying.count)
                .map { varying[$0] }.sorted()
            let rows = random.sample(min(max(4, rows), data.rowCount), below: data.rowCount)
            let part = try scaled(numbers.selectingRows(rows).selectingColumns(chosen), chosen.map { ranges[$0] })
            let half = rows.count / 2
            let space = Matrix(rowCount: max(1, places), columnCount: chosen.count) { values in
                for index in values.indices { values.initializeElement(at: index, to: random.uniform()) }
            }
            let scores = try scores(
                of: detector, fittedOn: part.rows(0..<half), part.rows(half..<rows.count),
                try Dataset(space, columns: part.columns), context.part(draw))
            let curves = LevelSetCurves(rows: scores.rows, space: scores.space)
            sums.excessMass += curves.excessMass() / Double(max(1, draws))
            sums.massVolume += curves.massVolume() / Double(max(1, draws))
        }
        return sums
    }

    private func scores(
        of detector: some Detector, fittedOn part: Dataset, _ rest: Dataset, _ space: Dataset, _ context: FitContext
    ) throws -> (rows: [Double], space: [Double]) {
        let model = try detector.fit(part, context: context)
        let rows = try model.scores(of: rest, execution: context.execution)
        let places = try model.scores(of: space, execution: context.execution)
        // What is not scored is as far out as can be.
        return (rows.map { $0.isNaN ? .infinity : $0 }, places.map { $0.isNaN ? .infinity : $0 })
    }

    private struct Range {
        var lowest = Double.infinity
        var highest = -Double.infinity
    }

    private func ranges(of matrix: Matrix) throws -> [Range] {
        var ranges = [Range](repeating: Range(), count: matrix.columnCount)
        matrix.withUnsafeBufferPointer { values in
            for (index, value) in values.enumerated() where value.isFinite {
                let column = index % ranges.count
                ranges[column].lowest = min(ranges[column].lowest, value)
                ranges[column].highest = max(ranges[column].highest, value)
            }
        }
        return ranges
    }

    private func scaled(_ data: Dataset, _ ranges: [Range]) throws -> Dataset {
        var matrix = data.matrix
        let width = ranges.count
        matrix.withUnsafeMutableBufferPointer { values in
            for index in values.indices {
                let range = ranges[index % width]
                // Halves, so that the distance of huge values does not overflow.
                values[index] =
                    (values[index] / 2 - range.lowest / 2) / (range.highest / 2 - range.lowest / 2)
            }
        }
        return try data.replacing(matrix)
    }
}
