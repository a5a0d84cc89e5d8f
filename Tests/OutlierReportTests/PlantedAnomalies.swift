import Outlier
import OutlierCore

/// Correlated normal columns with a category, and rows of which some columns were made strange.
struct PlantedAnomalies {
    static let width = 8
    let training: Dataset
    let strange: Dataset
    /// The column that was changed in each row of `strange`.
    let changed: [Int]

    /// - Parameter category: whether the last column is one of words.
    init(seed: UInt64, category: Bool = false, distance: Double = 8) throws {
        var random = RandomSource(seed: seed)
        let width = Self.width
        func row() -> [Double] {
            let shared: Double = random.normal()
            var values: [Double] = []
            for column in 0..<width {
                if category && column == width - 1 {
                    values.append(Double(random.index(below: 3)))
                } else {
                    let own: Double = random.normal() + 0.7 * shared
                    values.append(own * Double(column + 1) + Double(10 * column))
                }
            }
            return values
        }
        let columns = (0..<width).map { column in
            category && column == width - 1
                ? Column("colour", kind: .category(levels: ["red", "green", "blue", "black"])) : Column("c\(column)")
        }
        training = try Dataset(Matrix(rows: (0..<600).map { _ in row() }), columns: columns)
        var rows: [[Double]] = []
        var changed: [Int] = []
        for index in 0..<40 {
            var values = row()
            let column = index % (category ? width - 1 : width)
            let spread: Double = 1.22 * Double(column + 1)
            values[column] = Double(10 * column) + (index % 2 == 0 ? distance : -distance) * spread
            rows.append(values)
            changed.append(column)
        }
        strange = try Dataset(Matrix(rows: rows), columns: columns)
        self.changed = changed
    }

    /// The part of the rows whose changed column comes first.
    func hits(_ explanations: [RowExplanation]) -> Double {
        let found = explanations.count { $0.features.first?.column == strange.columns[changed[$0.row]] }
        return Double(found) / Double(changed.count)
    }
}
