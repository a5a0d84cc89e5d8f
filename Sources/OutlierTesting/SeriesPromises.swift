public import OutlierCore

/// What a detector promises that reads rows in their order, as checks.
public enum SeriesPromises {
    /// - Parameters:
    ///   - registry: has the detector, to load the model again.
    ///   - isCausal: whether no score looks ahead.
    /// - Returns: a sentence for each promise that is broken.
    public static func check(_ detector: some Detector, registry: Registry, isCausal: Bool) throws -> [String] {
        var failures: [String] = []
        func expect(_ condition: Bool, _ message: String) { if !condition { failures.append(message) } }
        let data = try series(columns: 1)

        let one = try detector.fitAndScore(data, context: FitContext(seed: 7, execution: Execution(threads: 1)))
        let three = try detector.fitAndScore(data, context: FitContext(seed: 7, execution: Execution(threads: 3)))
        expect(one.scores == three.scores, "training scores depend on the number of threads")
        let scores = try one.model.scores(of: data, execution: Execution(threads: 1))
        expect(try three.model.scores(of: data, execution: Execution(threads: 3)) == scores, "scores depend on threads")
        expect(detector.takes.contains(.order), "the detector does not say that it reads rows in order")
        expect(one.model.takes.contains(.order), "the model does not say that it reads rows in order")

        let index = try SeriesIndex(series: [0..<150, 150..<151, 151..<400])
        let together = try one.model.scores(of: data.replacing(index: index))
        for range in index.series {
            expect(
                try one.model.scores(of: data.rows(range)).values == Array(together[range]),
                "the series \(range) scores differently together with others")
        }
        let several = try detector.fitAndScore(data.replacing(index: index))
        expect(several.scores.allSatisfy(\.isFinite), "a score of a fit on several series is not finite")

        if isCausal {
            for end in [1, 2, 100, 399] {
                expect(
                    try one.model.scores(of: data.rows(0..<end)).values == Array(scores[..<end]),
                    "the first \(end) points score differently without the others")
            }
            var changed = data.matrix
            for row in 250..<400 { changed[row, 0] = 50 - 3 * changed[row, 0] }
            let other = try one.model.scores(of: data.replacing(changed))
            expect(Array(other[..<250]) == Array(scores[..<250]), "a changed future changes scores before it")
        }

        let pipeline = try Pipeline(detector: detector).fit(data)
        var archive = ModelArchive()
        try pipeline.encode(to: &archive)
        let loaded = try archive.bytes().withUnsafeBytes {
            try FittedPipeline(from: ModelArchive(bytes: $0), registry: registry)
        }
        expect(
            try Array(loaded.scores(of: data)) == Array(pipeline.scores(of: data)), "a loaded model scores differently")

        for awkward in try awkwardSeries() {
            do {
                let result = try detector.fitAndScore(awkward.data)
                expect(result.scores.allSatisfy { !$0.isNaN }, "\(awkward.name): a training score is NaN")
                let new = try result.model.scores(of: data)
                expect(new.allSatisfy { !$0.isNaN }, "\(awkward.name): a score of other rows is NaN")
            } catch is OutlierError {}
            do {
                let found = try one.model.scores(of: awkward.data)
                expect(found.allSatisfy { !$0.isNaN }, "\(awkward.name), scored: a score is NaN")
            } catch is OutlierError {}
        }
        let channels = try series(columns: 3)
        let wide = try detector.fitAndScore(channels)
        expect(wide.scores.count == 400 && wide.scores.allSatisfy(\.isFinite), "three channels have no finite scores")
        return failures
    }

    /// A wave with noise and a bump.
    private static func series(columns: Int) throws -> Dataset {
        var random = RandomSource(seed: 4)
        var values: [Double] = []
        var phase = 0.0
        for row in 0..<400 {
            phase += 0.02
            // A wave without the sine of a library, which may differ in its last digit.
            let position = phase.truncatingRemainder(dividingBy: 1)
            for column in 0..<columns {
                let wave = 8 * abs(position - 0.5) * Double(column + 1)
                values.append(wave + 0.1 * random.normal() + ((200..<210).contains(row) ? 3 : 0))
            }
        }
        return Dataset(try Matrix(rowCount: 400, columnCount: columns, values: values))
    }

    private static func awkwardSeries() throws -> [(name: String, data: Dataset)] {
        func data(_ values: [Double]) throws -> Dataset {
            Dataset(try Matrix(rowCount: values.count, columnCount: 1, values: values))
        }
        let alternating = (0..<100).map { Double($0 % 2) }
        return [
            ("one point", try data([3])), ("two points", try data([3, 5])),
            ("a short series", try data([1, 2, 4, 8, 1])),
            ("a constant series", try data([Double](repeating: 7, count: 100))),
            ("zeros", try data([Double](repeating: 0, count: 100))),
            ("huge values", try data(alternating.map { $0 * 1e300 })),
            ("tiny values", try data(alternating.map { $0 * 1e-300 })),
            ("one spike", try data((0..<100).map { $0 == 50 ? 1e9 : 0 })),
            ("a missing value", try data((0..<100).map { $0 == 50 ? .nan : Double($0 % 7) })),
            ("a line", try data((0..<100).map(Double.init))),
            (
                "series of ten points",
                try data((0..<200).map { Double(($0 * 37) % 11) })
                    .replacing(index: SeriesIndex(series: (0..<20).map { $0 * 10..<$0 * 10 + 10 }))
            ),
        ]
    }
}
