import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierReport
import OutlierWorkflow
import Testing

/// No reader of a model measures it by labels that its fit has seen.
@Suite struct MeasuringTests {
    private let folder: WorkflowFolder

    init() throws { folder = try WorkflowFolder() }

    private let coins = """
        data: {source: coins.csv, label: truth, known-labels: known, identifier: id}
        detector: boosted-trees
        metrics: [roc-auc]
        """

    private func area(_ measures: [Measure]) -> Double {
        measures.first { $0.name == "roc-auc" }?.value?.number ?? .nan
    }

    @Test func aSavedModelIsMeasuredAsItsRunWas() throws {
        try folder.writeCoins()
        let run = try Run(folder.configuration(coins))
        let measured = try run.measurement()
        #expect(
            measured.rows.count == 150
                && measured.notes.contains { $0.contains("150 rows whose labels the fit did not") })
        let honest = try area(measured.measures([ROCAUC()]))
        #expect(abs(honest - 0.5) < 0.15, "nothing can be learnt of coins, but the area is \(honest)")

        try run.model.save(to: folder.path("m.outlier"))
        let model = try FittedPipeline(contentsOf: folder.path("m.outlier"), registry: .standard)
        let scoring = try Scoring(of: Table(folder.path("coins.csv"), for: model), with: model)
        let again = try scoring.measurement()
        #expect(again.rows == measured.rows && again.notes == measured.notes)
        let all = try ROCAUC().number(of: Evaluation(scores: scoring.scores, truth: scoring.table.truth))
        #expect(all > honest + 0.15, "the seen rows would flatter: \(all)")
        let report = try scoring.report()
        #expect(try area(report.measures) == area(again.measures([ROCAUC()])))
        #expect(report.notes.contains { $0.contains("the fit did not see") })
        // The curve and its area are of the same rows.
        let reported = area(report.measures)
        let shown = String(format: "area %.3f", reported)
        #expect(try report.html().contains(shown), "\(shown)")
        #expect(
            try run.report(run.measurement().measures([ROCAUC()])).html().contains(String(format: "area %.3f", honest)))
    }

    /// A model is told its labels; whether the same rows come in another file, in another order, or without the column of what
    /// is known does not matter.
    @Test func seenRowsAreKnownByTheirValues() throws {
        try folder.writeCoins()
        let run = try Run(folder.configuration(coins))
        let lines = try String(contentsOfFile: folder.path("coins.csv"), encoding: .utf8).split(separator: "\n")
        let bare = lines.map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return ([cells[0]] + [cells[4], cells[3], cells[2], cells[1]] + [cells[5]]).joined(separator: ",")
        }
        try folder.write(([bare[0]] + bare.dropFirst().reversed()).joined(separator: "\n") + "\n", to: "turned.csv")
        let scoring = try Scoring(of: Table(folder.path("turned.csv"), for: run.model), with: run.model)
        let rows = try scoring.measurement().rows.map { 299 - $0 }
        #expect(Set(rows) == Set(try run.measurement().rows))

        // New rows are measured all, though the fit has learnt from labels.
        try folder.writeNewCoins(from: lines.map(String.init))
        let new = try Scoring(of: Table(folder.path("new.csv"), for: run.model), with: run.model)
        #expect(try new.measurement().rows.count == 300 && new.measurement().notes.isEmpty)
    }

    @Test func modelsThatLearnFromNoLabelsAreMeasuredByAll() throws {
        try folder.writeCoins()
        var configuration = try folder.configuration(coins)
        configuration.detector = try Registry.standard.detector("hbos")
        let run = try Run(configuration)
        #expect(try run.measurement().rows.count == 300 && run.measurement().notes.isEmpty)
        let scoring = try Scoring(of: run.table, with: run.model)
        #expect(try scoring.measurement().rows.count == 300)
        #expect(try run.model.hasSeenLabels(of: run.table.rows) == nil)
    }

    @Test func whatIsMeasuredAndWhatIsSaidOfIt() throws {
        let scores = try Scores([0.1, 0.9, .nan, 0.4, 0.6], exclusions: [2: "odd"])
        let truth: Truth = [false, true, true, nil, true]
        func measure(_ seen: [Bool]?, _ truth: Truth? = truth) throws -> OutlierWorkflow.Measurement {
            try OutlierWorkflow.Measurement(scores: scores, truth: truth, seen: seen)
        }
        let plain = try measure(nil)
        #expect(plain.rows == [0, 1, 4] && plain.notes == ["1 row without a label is left out"])
        #expect(plain.truth == [false, true, nil, nil, true] && plain.evaluation?.truth == [false, true, true])
        let seen = try measure([false, true, false, false, false])
        #expect(seen.rows == [0, 4] && seen.notes.last == "metrics of the 2 rows whose labels the fit did not see")
        let flattering = try measure([true, true, true, true, true])
        #expect(flattering.rows == [0, 1, 4])
        #expect(flattering.notes.last == "the metrics are of rows whose labels the fit has seen: they flatter")
        let oneClass = try measure([true, false, true, true, false])
        #expect(oneClass.rows == [0, 1, 4] && oneClass.notes.last?.contains("the labels of 1 of which") == true)
        #expect(try measure(nil, nil).measures([ROCAUC()]).isEmpty)
        #expect(try measure(nil, [nil, nil, nil, nil, nil]).notes == ["no metrics: no row has a label"])
        #expect(throws: OutlierError.self) { try measure([true]) }
        #expect(throws: OutlierError.self) { try measure(nil, [true]) }
        // What needs decisions says so by its type.
        let undecided = try plain.measures([F1(), ROCAUC()])
        #expect(undecided.map(\.needsDecisions) == [true, false] && undecided[1].value == .number(1))
    }
}

extension WorkflowFolder {
    /// Rows of the same kind as `lines`, none of which is among them.
    fileprivate func writeNewCoins(from lines: [String]) throws {
        let moved = lines.dropFirst().map { line in
            var cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            cells[1] = String((Double(cells[1]) ?? 0) + 1e-9)
            return cells.joined(separator: ",")
        }
        try write(([lines[0]] + moved).joined(separator: "\n") + "\n", to: "new.csv")
    }
}
