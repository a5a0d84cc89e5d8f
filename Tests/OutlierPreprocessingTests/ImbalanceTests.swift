import OutlierCore
import OutlierPreprocessing
import OutlierTesting
import Testing

@Suite struct ImbalanceTests {
    /// Ten anomalies among sixty rows of three columns.
    private let data: Dataset = {
        let made = SyntheticData.clusters(rows: 60, columns: 3, anomalies: 10)
        return (try? made.data.replacing(labels: made.truth.map { $0 ? .anomaly : .unlabeled })) ?? made.data
    }()

    private func changed<P: TrainingRowsPreprocessor>(_ changer: P, _ data: Dataset) throws -> TrainingRows {
        let context = FitContext(seed: 5)
        return try changer.trainingRows(from: data, fitted: changer.fit(data, context: context), context: context)
    }

    private func anomalies(_ rows: TrainingRows) -> Int { rows.data.labels?.count { $0 == .anomaly } ?? -1 }

    @Test func underSampling() throws {
        let rows = try changed(RandomUndersampling(ratio: 0.5), data)
        #expect(anomalies(rows) == 10 && rows.data.rowCount == 30)
        #expect(Set(rows.origins).count == 30, "no row stands twice")
        #expect(try changed(RandomUndersampling(ratio: 0.01), data).data.rowCount == 60)
    }

    @Test func overSampling() throws {
        let rows = try changed(RandomOversampling(ratio: 0.5), data)
        #expect(anomalies(rows) == 25 && rows.data.rowCount == 75)
        #expect(rows.origins.prefix(60).map { $0 } == (0..<60).map { $0 })
        #expect(rows.origins.dropFirst(60).allSatisfy { ($0 ?? 0) >= 50 })
    }

    /// Chawla 2002: a point on the line between an anomaly and one of its k nearest fellows.
    @Test func smoteInterpolatesBetweenNearFellows() throws {
        let neighbors = 3
        let rows = try changed(SyntheticMinority(ratio: 1, neighbors: neighbors), data)
        #expect(anomalies(rows) == 50 && rows.data.rowCount == 100)
        let known = (50..<60).map { data.matrix.row($0) }
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let fellows = known.indices.map { row in
            known.indices.filter { $0 != row }.sorted {
                distance(known[row], known[$0]) < distance(known[row], known[$1])
            }
            .prefix(neighbors)
        }
        var starts: [Int: Int] = [:]
        for row in 60..<100 {
            let made = rows.data.matrix.row(row)
            let lines = known.indices.flatMap { start in fellows[start].map { (start, $0) } }.filter { start, end in
                let parts = (0..<3).map { (made[$0] - known[start][$0]) / (known[end][$0] - known[start][$0]) }
                return parts.allSatisfy { abs($0 - parts[0]) < 1e-6 && $0 >= -1e-9 && $0 <= 1 + 1e-9 }
            }
            #expect(!lines.isEmpty, "row \(row) lies on no line")
            if let first = lines.first { starts[first.0, default: 0] += 1 }
        }
        #expect(rows.origins.suffix(40).allSatisfy { $0 == nil })
        let few = try data.replacing(labels: (0..<60).map { $0 == 0 ? .anomaly : .normal })
        #expect(error { _ = try changed(SyntheticMinority(ratio: 0.5), few) }?.code == .notEnoughRows)
    }

    /// Chawla 2002, section 6.1: a word that differs counts the median standard deviation of the numbers, not the
    /// difference of its codes, and a made-up row has the word that most of the nearest fellows have.
    @Test func smoteTakesWordsForWordsAndNotForAmounts() throws {
        let columns = [
            Column("a"), Column("b"), Column("word", kind: .category(levels: (0..<100).map { "w\($0)" })),
            Column("flag", kind: .boolean),
        ]
        var random = RandomSource(seed: 6)
        // Codes that are far apart and mean nothing.
        let rows = (0..<40).map { row -> [Double] in
            [random.normal() * 3, random.normal(), [0, 1, 99][random.index(below: 3)], row % 5 == 0 ? 1 : 0]
        }
        let count = 14
        let table = try Dataset(Matrix(rows: rows), columns: columns).replacing(
            labels: (0..<40).map { $0 < count ? .anomaly : .normal })
        let neighbors = 4
        func deviation(_ column: Int) -> Double {
            let values = (0..<count).map { rows[$0][column] }
            let mean = values.reduce(0, +) / Double(count)
            return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)).squareRoot()
        }
        let median = (deviation(0) + deviation(1)) / 2
        func distance(_ first: Int, _ second: Int) -> Double {
            var sum = 0.0
            for column in 0..<2 {
                sum += (rows[first][column] - rows[second][column]) * (rows[first][column] - rows[second][column])
            }
            for column in 2..<4 where rows[first][column] != rows[second][column] { sum += median * median }
            return sum
        }
        let fellows = (0..<count).map { row in
            Array(
                (0..<count).filter { $0 != row }.sorted { distance(row, $0) < distance(row, $1) }.prefix(neighbors))
        }
        let made = try changed(SyntheticMinority(ratio: 1, neighbors: neighbors), table)
        #expect(made.data.rowCount == 52)
        for number in 40..<52 {
            let row = made.data.matrix.row(number)
            // The start and the fellow between which the numbers lie.
            let pairs = (0..<count).flatMap { start in fellows[start].map { (start, $0) } }.filter { start, end in
                let parts = (0..<2).map { (row[$0] - rows[start][$0]) / (rows[end][$0] - rows[start][$0]) }
                return abs(parts[0] - parts[1]) < 1e-6 && parts[0] >= -1e-9 && parts[0] <= 1 + 1e-9
            }
            #expect(
                pairs.contains { start, _ in
                    (2..<4).allSatisfy { column in
                        let values = fellows[start].map { rows[$0][column] }
                        let own = values.count { $0 == row[column] }
                        return own == values.map { value in values.count { $0 == value } }.max()
                    }
                }, "row \(number)")
        }
    }

    /// Both classes weigh alike, and rows of one class keep their proportions.
    @Test func balancedWeightsKeepGivenOnes() throws {
        let given = (0..<60).map { Double($0 % 4 + 1) }
        let weighted = try data.replacing(labels: data.labels ?? [], weights: given)
        let rows = try changed(ClassWeights(anomaly: 1, balanced: true), weighted)
        let weights = try #require(rows.data.weights)
        let (others, anomalies) = (weights[..<50].reduce(0, +), weights[50...].reduce(0, +))
        #expect(abs(others - anomalies) < 1e-9)
        #expect(abs(others + anomalies - given.reduce(0, +)) < 1e-9)
        #expect(abs(weights[1] / weights[0] - 2) < 1e-12 && abs(weights[51] / weights[52] - 4) < 1e-12)
        let none = try data.replacing(labels: data.labels ?? [], weights: (0..<60).map { $0 < 50 ? 1 : 0 })
        #expect(error { _ = try changed(ClassWeights(anomaly: 1, balanced: true), none) }?.code == .invalidValue)
    }

    /// Han 2005: only anomalies of whose nearest rows at least half, but not all, are other rows.
    @Test func borderlineTakesOnlyTheBorder() throws {
        var random = RandomSource(seed: 2)
        let values = (0..<80).map { row in [random.normal() + (row < 20 ? 2 : 0), random.normal()] }
        let labelled = try Dataset(rows: values).replacing(labels: (0..<80).map { $0 < 20 ? .anomaly : .normal })
        let count = 10
        let border = (0..<20).filter { row in
            let near = (0..<80).filter { $0 != row }.sorted { first, second in
                func distance(_ other: Int) -> Double {
                    zip(values[row], values[other]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                }
                return distance(first) < distance(second)
            }.prefix(count)
            let others = near.count { $0 >= 20 }
            return 2 * others >= count && others < count
        }
        #expect(!border.isEmpty && border.count < 20)
        let rows = try changed(BorderlineSyntheticMinority(ratio: 1, borderNeighbors: count), labelled)
        #expect(rows.data.rowCount == 120)
        for row in 80..<120 {
            let made = rows.data.matrix.row(row)
            let startsAtBorder = border.contains { start in
                (0..<20).contains { end in
                    let first = (made[0] - values[start][0]) * (values[end][1] - values[start][1])
                    let second = (made[1] - values[start][1]) * (values[end][0] - values[start][0])
                    return end != start && abs(first - second) < 1e-9
                }
            }
            #expect(startsAtBorder)
        }
        let far = try Dataset(rows: (0..<60).map { [$0 < 10 ? 1000 + Double($0) : Double($0)] })
            .replacing(labels: (0..<60).map { $0 < 10 ? .anomaly : .normal })
        #expect(
            error { _ = try changed(BorderlineSyntheticMinority(ratio: 1, borderNeighbors: 5), far) }?.code
                == .notEnoughRows)
    }

    @Test func augmentation() throws {
        let noisy = try changed(GaussianNoise(copies: 2, scale: 0.1), data)
        #expect(noisy.data.rowCount == 180 && anomalies(noisy) == 30)
        let swapped = try changed(FeatureSwap(copies: 1, share: 0.5, rows: .anomaly), data)
        #expect(swapped.data.rowCount == 70)
        for row in 60..<70 {
            for column in 0..<3 {
                #expect((50..<60).contains { data.matrix[$0, column] == swapped.data.matrix[row, column] })
            }
        }
        let mixed = try changed(Mixup(copies: 1, alpha: 1), data)
        #expect(mixed.data.rowCount == 120 && anomalies(mixed) == 20)
        for column in 0..<3 {
            let known = (50..<60).map { data.matrix[$0, column] }
            for row in 60..<120 where mixed.data.labels?[row] == .anomaly {
                let value = mixed.data.matrix[row, column]
                #expect(value >= known.min() ?? 0 && value <= known.max() ?? 0)
            }
        }
        #expect(try changed(Mixup(), data.unlabeled).data.rowCount == 120, "labels are not needed")
    }

    @Test func classWeights() throws {
        let rows = try changed(ClassWeights(normal: 3, anomaly: 0.5, unlabeled: 2), data)
        #expect(rows.data.weights == (0..<60).map { $0 < 50 ? 2 : 0.5 })
        let balanced = try changed(ClassWeights(anomaly: 0, balanced: true), data).data.weights ?? []
        #expect(balanced == (0..<60).map { $0 < 50 ? 0.6 : 3 })
        #expect(error { _ = try changed(ClassWeights(anomaly: 0, unlabeled: 0), data) }?.code == .invalidValue)
    }
}
