extension Dataset {
    /// The same rows, labels and weights with further columns of numbers behind the others.
    ///
    /// A name that is taken gets a number.
    ///
    /// - Parameter added: for each new column, its name and one value a row.
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where a column has another number of values than there are rows.
    public func appendingColumns(_ added: [(name: String, values: [Double])]) throws -> Dataset {
        for column in added where column.values.count != rowCount {
            throw OutlierError(
                .shapeMismatch,
                "the column “\(column.name)” has \(column.values.count) values for \(rowCount) rows")
        }
        var columns = columns
        var names = Set(columns.map(\.name))
        for column in added {
            var name = column.name
            var number = 2
            while !names.insert(name).inserted {
                name = "\(column.name) \(number)"
                number += 1
            }
            columns.append(Column(name))
        }
        let old = columnCount
        let width = old + added.count
        var values: [Double] = []
        values.reserveCapacity(rowCount * width)
        matrix.withUnsafeBufferPointer { source in
            for row in 0..<rowCount {
                values += source[row * old..<(row + 1) * old]
                for column in added { values.append(column.values[row]) }
            }
        }
        return try Dataset(
            Matrix(rowCount: rowCount, columnCount: width, values: values), columns: columns, labels: labels,
            weights: weights)
    }
}
