import OutlierCore
import OutlierGAN
import OutlierTesting
import Testing

/// What is made of a row that is far out in one column is far from it in many: the score itself has to be explained.
@Suite struct ExplanationTests {
    private static let width = 6

    /// Columns that hang together.
    private func row(_ random: inout RandomSource) -> [Double] {
        let shared: Double = random.normal()
        return (0..<Self.width).map { column in
            let own: Double = random.normal() + 0.7 * shared
            return own * Double(column + 1) + Double(10 * column)
        }
    }

    /// Rows of which one column was moved by eight deviations.
    private func strange(_ random: inout RandomSource) throws -> (data: Dataset, changed: [Int]) {
        var rows: [[Double]] = []
        for index in 0..<30 {
            var values = row(&random)
            let column = index % Self.width
            let spread: Double = 1.22 * Double(column + 1)
            let distance: Double = index % 2 == 0 ? 8 : -8
            values[column] = Double(10 * column) + distance * spread
            rows.append(values)
        }
        return (try Dataset(rows: rows), (0..<30).map { $0 % Self.width })
    }

    @Test(arguments: 0..<3) func theColumnThatWasMovedComesFirst(_ index: Int) throws {
        let detectors: [any Detector<FittedGenerativeModel>] = [
            GANomaly(), AdversariallyLearnedAnomalyDetection(), FastAnoGAN(),
        ]
        var random = RandomSource(seed: 4)
        let training = try Dataset(rows: (0..<600).map { _ in row(&random) })
        let (data, changed) = try strange(&random)
        let model = try detectors[index].fit(training, context: FitContext(seed: 2))
        let contributions = try model.contributions(of: data, execution: Execution())
        let first = (0..<30).map { row in
            (0..<Self.width).max { contributions[row, $0] < contributions[row, $1] }
        }
        let hits = zip(first, changed).count { $0 == $1 }
        #expect(hits >= 27, "\(hits) of 30")
    }

    /// A row's explanation is its own, and says nothing of a column that has its mean.
    @Test func contributionsAreWhatTheScoreFallsBy() throws {
        var random = RandomSource(seed: 5)
        let training = try Dataset(rows: (0..<200).map { _ in row(&random) })
        let (data, _) = try strange(&random)
        let model = try GANomaly().fit(training, context: FitContext(seed: 2))
        let all = try model.contributions(of: data, execution: Execution())
        let one = try model.contributions(of: data.rows(7..<8), execution: Execution())
        #expect(one.row(0) == all.row(7))
        var moved = data.matrix
        for row in 0..<30 {
            let values = training.matrix.column(2)
            moved[row, 2] = values.reduce(0, +) / Double(values.count)
        }
        let scores = try model.scores(of: data).values
        let without = try model.scores(of: Dataset(moved)).values
        for row in 0..<30 { #expect(abs(all[row, 2] - (scores[row] - without[row])) < 1e-4) }
    }
}
