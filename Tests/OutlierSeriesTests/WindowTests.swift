import OutlierCore
import OutlierForests
import OutlierNeighbors
import OutlierPCA
import OutlierSeries
import OutlierStatistical
import OutlierSupportVectors
import OutlierTesting
import Testing

@Suite struct WindowTests {
    /// A sine of `period`, noisy, with a piece that is quicker, larger and higher.
    static func wave(_ count: Int, period: Double = 25, strange: Range<Int> = 300..<330) throws -> Dataset {
        var random = RandomSource(seed: 2)
        let values = (0..<count).map { point -> Double in
            let noise: Double = 0.02 * random.normal()
            let angle: Double = 2 * Double.pi * Double(point) / period
            return strange.contains(point) ? 1 + 2 * Sine.of(3.3 * angle) + noise : Sine.of(angle) + noise
        }
        return Dataset(try Matrix(rowCount: count, columnCount: 1, values: values))
    }

    static func registry() throws -> Registry {
        var registry = Registry()
        for plugin in [
            SeriesPlugin.self, NeighborsPlugin.self, PCAPlugin.self, StatisticalPlugin.self, ForestsPlugin.self,
            SupportVectorsPlugin.self,
        ] as [any Plugin.Type] { try registry.register(plugin) }
        return registry
    }

    @Test func everyShortcutFindsTheStrangePiece() throws {
        let data = try Self.wave(600)
        let registry = try Self.registry()
        for name in [
            "sub-pca", "sub-knn", "sub-lof", "sub-hbos", "sub-ocsvm", "sub-mcd", "sub-isolation-forest",
            "kmeans-windows",
        ] {
            let detector = try registry.detector(name, parameters: .object([.init("length", .integer(25))]))
            let scores = try FitAndScore.of(detector, data)
            let inside = scores[300..<330].reduce(0, +) / 30
            let outside = (scores[..<270] + scores[360...]).reduce(0, +) / 510
            #expect(inside > outside, "\(name): \(inside) in the strange piece, \(outside) elsewhere")
        }
        #expect(throws: OutlierError.self) {
            try registry.detector("sub-pca", parameters: .object([.init("lenght", .integer(25))]))
        }
    }

    @Test func thePeriodIsFoundAndShortSeriesHaveNone() throws {
        let model = try Windows(ZScore()).fit(Self.wave(600, strange: 0..<0))
        #expect([25, 50, 75, 100].contains(model.length))
        let constant = try Dataset(rows: [[Double]](repeating: [1], count: 600))
        #expect(try Windows(ZScore()).fit(constant).length == 125)
        #expect(try Windows(ZScore()).fit(Dataset(rows: [[1], [2], [4]])).length == 1)
        #expect(try Windows(ZScore()).fit(Dataset(rows: [[1]])).length == 1)
    }

    @Test(arguments: WindowPlacement.allCases)
    func pointsGetTheScoresOfTheirWindows(_ points: WindowPlacement) throws {
        let data = try Self.wave(120, strange: 60..<70)
        let length = 7
        let detector = Windows(KNearestNeighbors(), length: length, points: points)
        let scores = try detector.fit(data).scores(of: data).values
        let windows = try Dataset(
            rows: (0...120 - length).map { first in (first..<first + length).map { data.matrix[$0, 0] } })
        let own = try KNearestNeighbors().fit(windows).scores(of: windows).values
        for point in 0..<120 {
            let covering = Array(max(0, point - length + 1)...min(point, own.count - 1))
            let expected: Double
            switch points {
            case .last: expected = point >= length - 1 ? own[point - length + 1] : scores[0]
            case .centre: expected = own[min(max(0, point - length / 2), own.count - 1)]
            case .mean: expected = covering.reduce(0) { $0 + own[$1] } / Double(covering.count)
            case .maximum: expected = covering.map { own[$0] }.max() ?? .nan
            }
            #expect(abs(scores[point] - expected) < 1e-12, "\(points), point \(point)")
        }
    }

    @Test func seriesTogetherScoreAsTheyDoAlone() throws {
        let data = try Self.wave(500)
        let model = try Windows(KNearestNeighbors(), length: 20).fit(data)
        let index = try SeriesIndex(series: [0..<200, 200..<210, 210..<500])
        let together = try model.scores(of: data.replacing(index: index))
        for range in index.series {
            #expect(try model.scores(of: data.rows(range)).values == Array(together[range]))
        }
        // A fit on several series sees no window across a border.
        let both = try Windows(ZScore(), length: 20).fitAndScore(data.replacing(index: index))
        #expect(both.scores.count == 500)
    }

    @Test func aChangedFutureChangesNoScoreBefore() throws {
        let data = try Self.wave(400)
        let model = try Windows(KNearestNeighbors(), length: 20, points: .last).fit(data)
        let whole = try model.scores(of: data).values
        var changed = data.matrix.values
        for point in 250..<400 { changed[point] = 100 - changed[point] }
        let other = try model.scores(of: Dataset(Matrix(rowCount: 400, columnCount: 1, values: changed)))
        #expect(Array(whole[..<250]) == Array(other[..<250]))
        for end in [1, 19, 20, 21, 250] {
            #expect(try model.scores(of: data.rows(0..<end)).values == Array(whole[..<end]))
        }
    }

    @Test func savedModelsScoreTheSame() throws {
        let data = try Self.wave(300)
        let registry = try Self.registry()
        for name in ["windows", "kmeans-windows"] {
            let detector = try registry.detector(
                name, parameters: .object([.init("length", .integer(10)), .init("detector", .string("k-means"))]))
            let model = try Pipeline(detector: detector).fit(data)
            let bytes = try ModelBytes.of(model)
            let loaded = try bytes.withUnsafeBytes {
                try FittedPipeline(from: ModelArchive(bytes: $0), registry: registry)
            }
            #expect(try loaded.scores(of: data) == model.scores(of: data))
        }
    }

    @Test func badSeriesAreErrorsOrAnswers() throws {
        let short = try Dataset(rows: [[1], [2], [3]])
        #expect(throws: OutlierError.self) { try Windows(ZScore(), length: 4).fit(short) }
        #expect(throws: OutlierError.self) { try Windows().fit(short) }
        let holed = try Dataset(rows: [[1], [.nan], [3]])
        #expect(throws: OutlierError.self) { try Windows(KNearestNeighbors(), length: 2).fit(holed) }
        let model = try Windows(ZScore(), length: 3).fit(short)
        #expect(try model.scores(of: Dataset(rows: [[7]])).allSatisfy(\.isFinite))
        let constant = try Dataset(rows: [[Double]](repeating: [3], count: 50))
        for normalizes in [false, true] {
            let scores = try Windows(KMeansDistance(), length: 5, normalizes: normalizes).fitAndScore(constant).scores
                .values
            #expect(scores.allSatisfy { $0 == 0 })
        }
        let many = try SeriesIndex(series: (0..<1000).map { $0 * 10..<$0 * 10 + 10 })
        let rows = try Dataset(Matrix(rowCount: 10_000, columnCount: 1, repeating: 2)).replacing(index: many)
        #expect(try Windows(ZScore(), length: 5).fitAndScore(rows).scores.count == 10_000)
    }
}

@Suite struct KMeansDistanceTests {
    @Test func keepsItsPromises() throws {
        let failures = DetectorConformance.check(
            KMeansDistance(clusters: 3), registry: try WindowTests.registry())
        #expect(failures.isEmpty, "\(failures)")
    }
}
