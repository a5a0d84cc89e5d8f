import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

/// Agreement with PyOD's scores on small tables.
@Suite struct StatisticalGoldenTests {
    static let folder = String(#filePath.dropLast("OutlierStatisticalTests/StatisticalGoldenTests.swift".count))

    @Test func scoresArePyODs() throws {
        var registry = Registry()
        try registry.register(StatisticalPlugin.self)
        let golden = try GoldenScores(contentsOf: Self.folder + "Fixtures/statistical.json")
        #expect(golden.cases.count == 16)
        for golden in golden.cases {
            let detector = try registry.detector(golden.detector)
            let fit = try fitAndScore(detector, golden.train)
            let (model, scores) = (fit.model, fit.scores.values)
            let training = Agreement.largestDifference(scores, golden.trainingScores)
            #expect(training < 1e-9, "\(golden.detector), training rows of \(golden.train.columnCount) columns")
            let new = Agreement.largestDifference(try model.scores(of: golden.new).values, golden.newScores)
            #expect(new < 1e-9, "\(golden.detector), new rows of \(golden.train.columnCount) columns")
        }
    }

    private func fitAndScore(
        _ detector: any Detector, _ data: Dataset
    ) throws -> Fit<any FittedDetector> {
        try detector.fitAndScore(data, context: FitContext())
    }
}
