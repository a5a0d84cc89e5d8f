import Foundation
import OutlierCore

/// What a table looks like, as far as it matters for the choice of detectors.
struct TableProfile: Sendable {
    var rows: Int
    var columns: Int
    var numbers = 0
    var booleans = 0
    var dates = 0
    var categories = 0
    /// The part of the values that is missing.
    var missing = 0.0
    /// The part of the rows that equal an earlier row.
    var duplicates = 0.0
    /// The number of columns all of whose values are the same, or missing.
    var constant = 0
    /// The part of the other number columns whose excess kurtosis is above that of the Laplace distribution, 3.
    var heavyTails = 0.0
    /// Hopkins' statistic: about 0.5 where rows are spread evenly, towards 1 where they lie in clusters.
    var clustering = 0.5

    init(_ data: Dataset, seed: UInt64) {
        rows = data.rowCount
        columns = data.columnCount
        for column in data.columns {
            switch column.kind {
            case .number: numbers += 1
            case .boolean: booleans += 1
            case .date: dates += 1
            case .category: categories += 1
            }
        }
        describeColumns(data)
        countDuplicates(data.matrix)
    }

    private mutating func describeColumns(_ data: Dataset) {
        let width = columns
        var counts = [Double](repeating: 0, count: width)
        var means = counts
        var squares = counts
        var fourths = counts
        data.matrix.withUnsafeBufferPointer { values in
            for (index, value) in values.enumerated() where !value.isNaN {
                counts[index % width] += 1
                means[index % width] += (value - means[index % width]) / counts[index % width]
            }
            for (index, value) in values.enumerated() where !value.isNaN {
                let deviation = value - means[index % width]
                let square = deviation * deviation
                squares[index % width] += square
                fourths[index % width] += square * square
            }
        }
        let total = Double(rows) * Double(width)
        missing = total > 0 ? 1 - counts.reduce(0, +) / total : 0
        var varying = 0
        var heavy = 0
        for column in 0..<width {
            guard squares[column] > 0 else {
                constant += 1
                continue
            }
            if data.columns[column].levels != nil { continue }
            varying += 1
            let kurtosis = counts[column] * (fourths[column] / squares[column]) / squares[column] - 3
            if kurtosis > 3 { heavy += 1 }
        }
        heavyTails = varying > 0 ? Double(heavy) / Double(varying) : 0
    }

    private mutating func countDuplicates(_ matrix: Matrix) {
        var seen: Set<UInt64> = []
        seen.reserveCapacity(rows)
        let width = columns
        matrix.withUnsafeBufferPointer { values in
            for row in 0..<rows {
                var hash: UInt64 = 0
                for value in values[row * width..<(row + 1) * width] {
                    // 0 and −0 are the same number.
                    hash = RandomSource.mixed(hash ^ (value == 0 ? 0.0 : value).bitPattern)
                }
                seen.insert(hash)
            }
        }
        duplicates = rows > 0 ? 1 - Double(seen.count) / Double(rows) : 0
    }

    /// Looks for clusters among at most 500 rows of prepared data: compares how far rows are from the nearest row with how
    /// far random places of the same box are (Hopkins and Skellam, 1954).
    mutating func findClusters(_ matrix: Matrix, random: inout RandomSource) {
        let sample = random.sample(min(500, matrix.rowCount), below: matrix.rowCount)
        let probes = sample.count / 5
        guard probes > 1, matrix.columnCount > 0 else { return }
        let rows = sample.map { matrix.row($0) }
        var lowest = rows[0]
        var highest = rows[0]
        for row in rows {
            for (column, value) in row.enumerated() {
                lowest[column] = min(lowest[column], value)
                highest[column] = max(highest[column], value)
            }
        }
        func nearest(_ place: [Double], besides own: Int?) -> Double {
            var least = Double.infinity
            for (index, row) in rows.enumerated() where index != own {
                var sum = 0.0
                for column in row.indices { sum += (row[column] - place[column]) * (row[column] - place[column]) }
                least = min(least, sum)
            }
            return least.squareRoot()
        }
        var ofRows = 0.0
        var ofPlaces = 0.0
        for probe in 0..<probes {
            ofRows += nearest(rows[probe], besides: probe)
            let place = lowest.indices.map { lowest[$0] + random.uniform() * (highest[$0] - lowest[$0]) }
            ofPlaces += nearest(place, besides: nil)
        }
        let share = ofPlaces / (ofPlaces + ofRows)
        if share.isFinite { clustering = share }
    }

    var value: Value {
        [
            "rows": .integer(rows), "columns": .integer(columns), "numbers": .integer(numbers),
            "booleans": .integer(booleans), "dates": .integer(dates), "categories": .integer(categories),
            "missing": .number(missing), "duplicates": .number(duplicates), "constant": .integer(constant),
            "heavyTails": .number(heavyTails), "clustering": .number(clustering),
        ]
    }
}
