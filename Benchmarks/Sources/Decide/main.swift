// Measures thresholds, explanations and the report.
//
//     swift run -c release Decide cost DIRECTORY        cost of held-out rows, 20 : 1, against the default threshold
//     swift run -c release Decide thresholds DIRECTORY  F1, Matthews correlation and share of alarms of each threshold
//     swift run -c release Decide speed                 Shapley values of 1,000 rows; the report of 10⁶ rows
//
// DIRECTORY holds labelled tables as .npz files (X and y).

import Foundation
import Outlier
import OutlierData
import OutlierReport

func print(_ cells: [String]) { Swift.print("| " + cells.joined(separator: " | ") + " |") }
func number(_ value: Double, _ digits: Int = 3) -> String { String(format: "%.\(digits)f", value) }

func tables(_ directory: String, longest: Int) throws -> [(name: String, data: Dataset, truth: [Bool])] {
    let files = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".npz") }.sorted()
    return try files.compactMap { file in
        let table = try Table(contentsOf: directory + "/" + file)
        guard let truth = table.truth?.complete, truth.count <= longest else { return nil }
        return (String(file.dropLast(4)), table.rows, truth)
    }
}

/// Half of each class on either side.
func halves(_ truth: [Bool], seed: UInt64) -> (fit: [Int], rest: [Int]) {
    var random = RandomSource(seed: seed)
    var fit: [Int] = []
    var rest: [Int] = []
    for isAnomaly in [true, false] {
        let rows = truth.indices.filter { truth[$0] == isAnomaly }.shuffled(using: &random)
        fit += rows.prefix((rows.count + 1) / 2)
        rest += rows.dropFirst((rows.count + 1) / 2)
    }
    return (fit.sorted(), rest.sorted())
}

func cost(_ directory: String) throws {
    let matrix = CostMatrix(falseAlarm: 1, miss: 20)
    let seeds = 5
    print(["table", "rows", "anomalies", "cost, quantile 0.1", "cost, cost-optimal", "ratio"])
    print([String](repeating: "---", count: 6))
    var under = 0
    var all = 0
    for (name, data, truth) in try tables(directory, longest: 300_000) {
        var totals = (plain: 0.0, optimal: 0.0)
        for seed in 0..<seeds {
            let (fit, rest) = halves(truth, seed: UInt64(seed))
            let training = try data.selectingRows(fit).replacing(labels: fit.map { truth[$0] ? .anomaly : .normal })
            let held = data.selectingRows(rest).unlabeled
            func total(_ threshold: any Threshold) throws -> Double {
                let model = try Pipeline(
                    preprocessors: [StandardScaler()], detector: IsolationForest(), threshold: threshold
                ).fit(training, context: FitContext(seed: UInt64(seed)))
                let scores = try model.scores(of: held)
                let evaluation = try Evaluation(
                    scores: scores, decisions: model.decisions(for: scores), truth: Truth(rest.map { truth[$0] }))
                return try Cost(cost: matrix).number(of: evaluation)
            }
            totals.plain += try total(QuantileThreshold(contamination: 0.1))
            totals.optimal += try total(CostOptimalThreshold(cost: matrix))
        }
        all += 1
        if totals.optimal < totals.plain { under += 1 }
        print([
            name, "\(truth.count)", "\(truth.count { $0 })", number(totals.plain / Double(seeds), 1),
            number(totals.optimal / Double(seeds), 1), number(totals.optimal / totals.plain),
        ])
    }
    Swift.print("\nunder the default threshold's cost: \(under) of \(all) tables")
}

func thresholds(_ directory: String) throws {
    let all: [(String, any Threshold)] = [
        ("quantile 0.1", QuantileThreshold(contamination: 0.1)),
        ("quantile 0.05", QuantileThreshold(contamination: 0.05)),
        ("mad", MADThreshold()), ("iqr", IQRThreshold()), ("pot 0.001", PeaksOverThreshold()),
        ("pot 0.01", PeaksOverThreshold(risk: 0.01)), ("aucp", AreaUnderCurvePercentage()), ("karcher", KarcherMean()),
        ("conformal 0.05", ConformalThreshold(falseAlarmRate: 0.05)),
        ("conformal 0.1, Benjamini-Hochberg", ConformalThreshold(falseAlarmRate: 0.1, control: .benjaminiHochberg)),
    ]
    let data = try tables(directory, longest: 12_000)
    print(["threshold", "F1", "MCC", "share of alarms", "fits"])
    print([String](repeating: "---", count: 5))
    for (name, threshold) in all {
        var sums = (f1: 0.0, mcc: 0.0, share: 0.0, count: 0)
        for (_, data, truth) in data {
            for detector in ["isolation-forest", "ecod", "knn"] {
                let pipeline = Pipeline(
                    preprocessors: [StandardScaler()], detector: try Registry.standard.detector(detector),
                    threshold: threshold)
                guard let fit = try? pipeline.fitAndScore(data) else { continue }
                let evaluation = try Evaluation(scores: fit.scores, decisions: fit.decisions, truth: Truth(truth))
                sums.f1 += try F1().number(of: evaluation)
                sums.mcc += try MatthewsCorrelation().number(of: evaluation)
                sums.share += Double(fit.decisions.anomalies.count) / Double(fit.scores.count)
                sums.count += 1
            }
        }
        let count = Double(sums.count)
        print([name, number(sums.f1 / count), number(sums.mcc / count), number(sums.share / count), "\(sums.count)"])
    }
}

func speed() throws {
    func table(_ rows: Int, _ columns: Int) -> Dataset {
        var random = RandomSource(seed: 1)
        return Dataset(
            Matrix(rowCount: rows, columnCount: columns) { values in
                for index in values.indices { values.initializeElement(at: index, to: random.normal()) }
            })
    }
    for columns in [10, 30] {
        let data = table(100_000, columns)
        let model = try Pipeline(detector: IsolationForest()).fit(data)
        let start = Date()
        let explained = try model.explain(data.rows(0..<1000))
        Swift.print(
            "Shapley values of \(explained.count) rows × \(columns) of an isolation forest: \(number(Date().timeIntervalSince(start))) s"
        )
    }
    let data = table(1_000_000, 10)
    let fit = try Pipeline(detector: IsolationForest(), threshold: QuantileThreshold(contamination: 0.01))
        .fitAndScore(data)
    let (model, scores) = (fit.model, fit.scores.values)
    let start = Date()
    let report = try Report(model: model, data: data, scores: scores, truth: scores.map { $0 > 0.6 })
    let html = try report.html()
    Swift.print(
        "report of 10⁶ rows × 10: \(number(Date().timeIntervalSince(start))) s, \(number(Double(html.utf8.count) / 1_048_576)) MiB"
    )
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.dropFirst().first) {
case ("cost", let directory?): try cost(directory)
case ("thresholds", let directory?): try thresholds(directory)
case ("speed", _): try speed()
default:
    Swift.print("usage: Decide cost DIRECTORY | thresholds DIRECTORY | speed")
    exit(64)
}
