import OutlierCore
import OutlierSeries
import OutlierTesting
import Testing

@Suite struct MatrixProfileTests {
    private func series(_ values: [Double]) throws -> Dataset {
        Dataset(try Matrix(rowCount: values.count, columnCount: 1, values: values))
    }

    @Test func equalsTheReference() throws {
        for entry in try fixture("matrix_profile.json")["cases"]?.array ?? [] {
            func numbers(_ key: String) -> [Double] { entry[key]?.array?.map { $0.double ?? .nan } ?? [] }
            let length = entry["length"]?.int ?? 0
            let name = entry["name"]?.string ?? ""
            let data = try series(numbers("series"))
            /// The scores of the windows: what their middles, or their ends, got.
            func windows(_ scores: [Double], _ placement: WindowPlacement) -> [Double] {
                let first = placement == .last ? length - 1 : length / 2
                return Array(scores[first..<first + scores.count - length + 1])
            }
            func check(_ found: [Double], _ expected: [Double], _ what: String) {
                #expect(found.count == expected.count)
                for (index, (one, other)) in zip(found, expected).enumerated() where !other.isNaN {
                    // The square is what is computed, of sums that are as long as the series: near 0, its root has half of
                    // the digits.
                    #expect(abs(one * one - other * other) < 5e-7, "\(name), \(what), window \(index)")
                }
            }
            let whole = try MatrixProfile(length: length).fitAndScore(data)
            check(windows(whole.scores.values, .centre), numbers("profile"), "profile")
            let past = try MatrixProfile(length: length, neighbors: .past).fitAndScore(data)
            check(windows(past.scores.values, .last), numbers("left"), "left profile")
            let joined = try whole.model.scores(of: series(numbers("other")))
            check(windows(joined.values, .centre), numbers("join"), "join")
        }
    }

    /// All pairs by the definition.
    @Test func equalsTheDefinition() throws {
        var random = RandomSource(seed: 8)
        let values = (0..<90).map { _ in random.normal() }
        let length = 7
        let windows = (0...90 - length).map { first -> [Double] in
            let window = Array(values[first..<first + length])
            let mean = window.reduce(0, +) / Double(length)
            let deviation = (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)).squareRoot()
            return window.map { ($0 - mean) / deviation }
        }
        let scores = try MatrixProfile(length: length).fitAndScore(series(values)).scores.values
        for first in windows.indices {
            var nearest = Double.infinity
            for second in windows.indices where abs(first - second) > 2 {
                let square = zip(windows[first], windows[second]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                nearest = min(nearest, square)
            }
            #expect(abs(scores[first + length / 2] - nearest.squareRoot()) < 1e-9)
        }
    }

    @Test(arguments: MatrixProfileNeighbors.allCases)
    func keepsThePromisesOfSeries(_ neighbors: MatrixProfileNeighbors) throws {
        let failures = try SeriesPromises.check(
            MatrixProfile(length: 20, neighbors: neighbors), registry: WindowTests.registry(),
            isCausal: neighbors == .past)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func aConstantSeriesAndShortOnesHaveAnswers() throws {
        let constant = try series([Double](repeating: 4, count: 100))
        #expect(try MatrixProfile(length: 10).fitAndScore(constant).scores.allSatisfy { $0 == 0 })
        #expect(throws: OutlierError.self) { try MatrixProfile(length: 10).fit(series([1, 2, 3])) }
        #expect(throws: OutlierError.self) { try MatrixProfile().fit(series([1])) }
        let model = try MatrixProfile(length: 10).fit(WindowTests.wave(300))
        #expect(try model.scores(of: series([1, 2])).allSatisfy(\.isFinite))
    }
}

@Suite struct PolynomialResidualTests {
    @Test func aPolynomialHasNoResidualAndABumpHas() throws {
        let values = (0..<400).map { point -> Double in
            let x: Double = Double(point) / 100
            let bump: Double = (200..<210).contains(point) ? 3 : 0
            return 1 + 2 * x - x * x + bump
        }
        let data = Dataset(try Matrix(rowCount: 400, columnCount: 1, values: values))
        let scores = try PolynomialResiduals(length: 10, degree: 2).fitAndScore(data).scores.values
        #expect((200..<210).allSatisfy { scores[$0] == scores.max() })
        // Blocks whose surroundings have no bump.
        #expect(scores[..<140].allSatisfy { $0 < 1e-12 })
        let range = (values.max() ?? 0) - (values.min() ?? 0)
        #expect(abs(scores[205] - 3 / range) < 0.1)
    }

    @Test func keepsThePromisesOfSeries() throws {
        let failures = try SeriesPromises.check(
            PolynomialResiduals(length: 20), registry: WindowTests.registry(), isCausal: false)
        #expect(failures.isEmpty, "\(failures)")
    }
}
