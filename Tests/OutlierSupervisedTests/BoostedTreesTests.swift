import Foundation
import OutlierCore
import OutlierSupervised
import OutlierTesting
import Testing

@Suite struct BoostedTreesTests {
    static let folder = String(#filePath.dropLast("OutlierSupervisedTests/BoostedTreesTests.swift".count))

    /// Trees as scikit-learn grows them: one model on all rows, no balance.
    private func plain(_ edit: (inout BoostedTrees) -> Void = { _ in }) -> BoostedTrees {
        var trees = BoostedTrees()
        trees.bags = 0
        trees.balance = false
        trees.minimumWeight = 1e-3
        edit(&trees)
        return trees
    }

    private func matrix(_ value: Value?) throws -> Matrix {
        try Matrix(rows: (value?.array ?? []).map { row in (row.array ?? []).map { $0.double ?? .nan } })
    }

    @Test func scoresAreScikitLearns() throws {
        let fixture = try Value(json: Data(contentsOf: URL(fileURLWithPath: Self.folder + "Fixtures/supervised.json")))
        let labels = (fixture["truth"]?.array ?? []).map { $0.bool == true ? Label.anomaly : .normal }
        let train = try Dataset(matrix(fixture["train"])).replacing(labels: labels)
        let new = try matrix(fixture["new"])
        let cases = fixture["cases"]?.array ?? []
        #expect(cases.count == 3)
        for golden in cases {
            let trees = plain {
                $0.depth = golden["depth"]?.int ?? 0
                $0.regularization = golden["regularization"]?.double ?? -1
                $0.learningRate = golden["learning-rate"]?.double ?? 0
                $0.trees = golden["trees"]?.int ?? 0
            }
            let fit = try trees.fitAndScore(train)
            let (model, scores) = (fit.model, fit.scores.values)
            // Its gradients are in single precision.
            let expected = (golden["training-scores"]?.array ?? []).compactMap(\.double)
            #expect(Agreement.largestDifference(scores, expected) < 1e-4, "\(trees.recipe)")
            // Where no row of a node had a missing value, scikit-learn sends those of new rows right, and we send them
            // where more rows go: new rows are compared that miss nothing.
            let expectedNew = (golden["new-scores"]?.array ?? []).compactMap(\.double)
            let scoresNew = try model.scores(of: new).values
            let complete = (0..<new.rowCount).filter { !new.row($0).contains { $0.isNaN } }
            #expect(complete.count > 40)
            // Cuts between two values of a node's rows are equally good, and rounding decides: in deep trees, whose nodes
            // have few rows, new rows may come to another leaf.
            let agreeing = complete.count { abs(scoresNew[$0] - expectedNew[$0]) < 1e-4 }
            if trees.depth <= 3 { #expect(agreeing == complete.count, "\(trees.recipe)") }
        }
    }

    /// The best first cut of a table, by trying them all.
    @Test func firstCutIsTheBest() throws {
        var random = RandomSource(seed: 5)
        let rows = (0..<80).map { _ in [random.normal(), random.normal(), random.uniform()] }
        let truth = rows.map { $0[0] + 0.3 * $0[2] > 0.4 }
        let weights = rows.indices.map { _ in 0.5 + random.uniform() }
        let data = try Dataset(rows: rows).replacing(labels: truth.map { $0 ? .anomaly : .normal }, weights: weights)
        let trees = plain {
            $0.trees = 1
            $0.depth = 1
            $0.learningRate = 1
        }
        let scores = try trees.fitAndScore(data).scores.values

        func sum(_ rows: some Sequence<Int>) -> (gradient: Double, hessian: Double) {
            let total = zip(weights, truth).reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + ($1.1 ? $1.0 : 0)) }
            let share = total.1 / total.0
            return rows.reduce((0, 0)) {
                ($0.0 + weights[$1] * (share - (truth[$1] ? 1 : 0)), $0.1 + weights[$1] * share * (1 - share))
            }
        }
        func gain(_ sums: (gradient: Double, hessian: Double)) -> Double {
            sums.gradient * sums.gradient / (sums.hessian + 1)
        }
        var best = (gain: -1.0, left: [Int](), right: [Int]())
        for column in 0..<3 {
            for row in rows.indices {
                let left = rows.indices.filter { rows[$0][column] <= rows[row][column] }
                let right = rows.indices.filter { rows[$0][column] > rows[row][column] }
                let gain = gain(sum(left)) + gain(sum(right))
                if !right.isEmpty && gain > best.gain { best = (gain, left, right) }
            }
        }
        let total = zip(weights, truth).reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + ($1.1 ? $1.0 : 0)) }
        let start = log(total.1 / (total.0 - total.1))
        for side in [best.left, best.right] {
            let sums = sum(side)
            for row in side { #expect(abs(scores[row] - (start - sums.gradient / (sums.hessian + 1))) < 1e-9) }
        }
    }

    @Test func weightsAreRepetitions() throws {
        let synthetic = SyntheticData.clusters(rows: 120, anomalies: 12)
        let labels = synthetic.truth.map { $0 ? Label.anomaly : .normal }
        let data = try synthetic.data.replacing(labels: labels)
        let twice = data.selectingRows((0..<120).flatMap { $0 % 3 == 0 ? [$0, $0] : [$0] })
        let weighted = try data.replacing(labels: labels, weights: (0..<120).map { $0 % 3 == 0 ? 2 : 1 })
        let trees = plain { $0.trees = 10 }
        let one = try trees.fit(twice).scores(of: synthetic.data).values
        let other = try trees.fit(weighted).scores(of: synthetic.data).values
        #expect(Agreement.largestDifference(one, other) < 1e-9)
    }

    @Test func rowsNotKnownAreScoredByModelsThatHaveNotSeenThem() throws {
        // Anomalies that are not known: a model that has seen them as normal would score them low.
        let synthetic = SyntheticData.clusters(rows: 300, anomalies: 30)
        let labels = (0..<300).map { $0 >= 295 ? Label.anomaly : .unlabeled }
        let data = try synthetic.data.replacing(labels: labels)
        func area(_ trees: BoostedTrees) throws -> Double {
            let scores = try trees.fitAndScore(data).scores.values
            let rest = 0..<295
            let evaluation = try Evaluation(
                scores: rest.map { scores[$0] }, truth: rest.map { synthetic.truth[$0] })
            return try ROCAUC().number(of: evaluation)
        }
        var single = BoostedTrees()
        single.bags = 0
        #expect(try area(BoostedTrees()) > area(single))
        #expect(try area(BoostedTrees()) > 0.9)
    }

    @Test func aClassWithoutWeightIsNamed() throws {
        let rows = (0..<20).map { [Double($0 % 7), Double($0 % 5)] }
        let labels = (0..<20).map { $0 > 15 ? Label.anomaly : .normal }
        let data = try Dataset(rows: rows).replacing(
            labels: labels, weights: labels.map { $0 == .anomaly ? 0 : 1 })
        let error = #expect(throws: OutlierError.self) { try BoostedTrees().fit(data) }
        #expect(error?.message.contains("all known anomalies have the weight 0") == true)
        #expect(error?.suggestion?.contains("{class-weights: {anomaly: 1}}") == true)
    }

    @Test func labelsOfTwoClassesAreNeeded() throws {
        let data = SyntheticData.clusters(rows: 20, anomalies: 2).data
        for labels: [Label]? in [
            nil, Array(repeating: .normal, count: 20), Array(repeating: .anomaly, count: 20),
            Array(repeating: .unlabeled, count: 20),
        ] {
            let error = #expect(throws: OutlierError.self) {
                try BoostedTrees().fit(data.replacing(labels: labels))
            }
            #expect(error?.code == .missingLabels)
        }
        let one = try Dataset(rows: [[1, 2]]).replacing(labels: [.anomaly])
        #expect(throws: OutlierError.self) { try BoostedTrees().fit(one) }
    }

    /// Histograms are kept where rows are many for the bins, and made anew where they are few: the same rows once with
    /// weights, once repeated, give the same trees.
    @Test func fewRowsAndManyGiveTheSameTrees() throws {
        var random = RandomSource(seed: 8)
        let rows = (0..<60).map { row in
            (0..<5).map { $0 == 4 && row % 7 == 0 ? Double.nan : random.normal() }
        }
        let labels = rows.map { $0[0] * $0[1] > 0.6 || $0[2] > 1.5 ? Label.anomaly : .normal }
        let times = 20
        let once = try Dataset(rows: rows).replacing(labels: labels, weights: rows.map { _ in Double(times) })
        let repeated = try Dataset(rows: (0..<times).flatMap { _ in rows }).replacing(
            labels: (0..<times).flatMap { _ in labels })
        for threads in [1, 2] {
            let context = FitContext(execution: Execution(threads: threads))
            let trees = plain { $0.depth = 5 }
            let first = try trees.fitAndScore(once, context: context).scores.values
            let second = try trees.fitAndScore(repeated, context: context).scores.values
            #expect(Agreement.largestDifference(first, Array(second[0..<60])) < 1e-9)
            #expect(Set(first).count > 5)
        }
    }

    @Test func manyColumns() throws {
        var random = RandomSource(seed: 3)
        let width = 10_000
        let rows = (0..<40).map { (row: Int) -> [Double] in
            var values = (0..<width).map { _ in random.uniform() }
            if row >= 36 { values[7777] += 3 }
            return values
        }
        let data = try Dataset(rows: rows).replacing(labels: (0..<40).map { $0 >= 38 ? .anomaly : .unlabeled })
        var trees = BoostedTrees()
        trees.trees = 5
        trees.minimumWeight = 0.1
        let scores = try trees.fitAndScore(data).scores.values
        #expect(scores.allSatisfy { $0.isFinite })
        let known = [38, 39].map { scores[$0] }.min() ?? 0
        #expect(known > scores[0..<36].sorted()[18])
    }

    /// Threads look for the cut of one node among parts of the columns; of two columns alike, far from each other, the
    /// first is cut, however many threads there are. With many rows histograms are kept, with few they are not.
    @Test(arguments: [60, 600]) func threadsFindTheSameCuts(_ count: Int) throws {
        var random = RandomSource(seed: 3)
        let width = 1_500
        let rows = (0..<count).map { (row: Int) -> [Double] in
            var values = (0..<width).map { _ in Double(random.index(below: 40)) }
            if row % 10 == 0 { values[700] += 25 }
            values[1_400] = values[700]
            values[40] = row % 7 == 0 ? .nan : values[40]
            return values
        }
        let data = try Dataset(rows: rows).replacing(labels: rows.indices.map { $0 % 10 == 0 ? .anomaly : .normal })
        let trees = plain { $0.trees = 4 }
        var first: [Double]?
        for threads in [1, 2, 4] {
            let context = FitContext(execution: Execution(threads: threads))
            let fit = try trees.fitAndScore(data, context: context)
            let (model, scores) = (fit.model, fit.scores.values)
            #expect(first == nil || first == scores, "\(threads) threads")
            first = scores
            // Without the first of the two columns the scores are others, without the second they are not.
            var matrix = data.matrix
            for row in 0..<count { matrix[row, 1_400] = 0 }
            #expect(try model.scores(of: matrix) == model.scores(of: data))
            for row in 0..<count { matrix[row, 700] = 0 }
            #expect(try model.scores(of: matrix) != model.scores(of: data))
        }
    }

    @Test func learnerMustLearnFromLabels() throws {
        let data = try SyntheticData.clusters(rows: 60, anomalies: 4).data.replacing(
            labels: (0..<60).map { $0 > 57 ? .anomaly : .unlabeled })
        let registry = try testRegistry()
        let wrong = try registry.detector("xgbod", parameters: ["members": ["knn"], "learner": "knn"])
        let error = #expect(throws: OutlierError.self) { try wrong.fit(data) as any FittedDetector }
        #expect(error?.code == .invalidConfiguration)
        let usual = try registry.detector("xgbod") as? ScoresAsFeatures
        #expect((usual?.usualMembers.count ?? 0) > 5)
    }

    /// Of the usual members, those that a table has too few rows for are left out; members that someone chose are not.
    @Test func usualMembersSuitTheTable() throws {
        let data = try SyntheticData.clusters(rows: 30, anomalies: 4).data.replacing(
            labels: (0..<30).map { $0 > 27 ? .anomaly : .unlabeled })
        let registry = try testRegistry()
        let usual = try #require(try registry.detector("xgbod") as? ScoresAsFeatures)
        // Made again from its recipe, as a search for parameters does, it is still nobody's choice.
        let again = try #require(try registry.detector(usual.recipe) as? ScoresAsFeatures)
        for detector in [usual, again] {
            let fit = try detector.fitAndScore(data)
            let (model, scores) = (fit.model, fit.scores.values)
            #expect(model.memberNames == ["knn", "lof", "lof", "hbos", "isolation-forest", "gmm"])
            #expect(scores.allSatisfy { $0.isFinite })
            let second = try model.scores(of: data).values
            #expect(second.allSatisfy { $0.isFinite })
        }
        let chosen = ScoresAsFeatures(members: usual.usualMembers)
        let error = #expect(throws: OutlierError.self) { try chosen.fit(data) }
        #expect(error?.code == .notEnoughRows)
    }
}
