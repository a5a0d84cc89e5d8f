import Foundation
import Outlier
import OutlierConfig
import OutlierData
import OutlierWorkflow
import Testing

/// The program of the README gives, to the bit, what the configuration beside it gives, whatever detector stands in it: no
/// line of it can hand the truth to a fit.
@Suite struct SameInSwiftTests {
    private let folder: WorkflowFolder

    init() throws {
        folder = try WorkflowFolder()
        var random = RandomSource(seed: 3)
        var text = "case,a,b,c,diagnosis,known\n"
        for row in 0..<120 {
            let isAnomaly = row % 12 == 0
            let values = (0..<3).map { _ in String(random.normal() + (isAnomaly ? 2 : 0)) }.joined(separator: ",")
            // Half of the anomalies are known, and some of the others.
            let known = row % 8 == 0 ? (isAnomaly ? "malignant" : "benign") : ""
            text += "p\(row),\(values),\(isAnomaly ? "malignant" : "benign"),\(known)\n"
        }
        try folder.write(text, to: "t.csv")
    }

    /// All that do something with labels.
    static let learners = Registry.standard.descriptions(of: .detector).map(\.name).filter { name in
        guard name != Pipeline.name, let detector = try? Registry.standard.detector(name) else { return false }
        return detector.labelUse != .ignored
    }

    /// Few epochs: the question is what a fit sees, not how well it learns.
    private func parameters(of name: String) throws -> Value {
        let has = Set(try Registry.standard.describe(.detector, name).parameters.map(\.name))
        return .object(has.contains("epochs") ? [Value.Entry("epochs", 3)] : [])
    }

    @Test func thereAreSuchDetectors() {
        for name in ["deep-sad", "auto", "autoencoder", "boosted-trees", "xgbod", "devnet", "prenet", "vae"] {
            #expect(Self.learners.contains(name), "\(name)")
        }
    }

    @Test(arguments: learners) func theProgramIsTheConfiguration(_ name: String) throws {
        let detector = try Registry.standard.detector(name, parameters: parameters(of: name))
        for known in detector.labelUse == .required ? ["known"] : [nil, "known"] {
            let run = try Run(
                folder.configuration(
                    """
                    data:
                      source: t.csv
                      label: diagnosis
                      anomaly: [malignant]
                      identifier: case
                      \(known.map { "known-labels: \($0)" } ?? "ignore: [known]")
                    preprocess: [standard-scaler]
                    detector: \(Recipe(name: name, parameters: parameters(of: name)).value.json())
                    threshold: {quantile: {contamination: 0.1}}
                    seed: 7
                    """))

            let table =
                if let known {
                    try Table(
                        folder.path("t.csv"), label: "diagnosis", anomaly: "malignant", knownLabels: known,
                        identifier: "case")
                } else {
                    try Table(
                        folder.path("t.csv"), label: "diagnosis", anomaly: "malignant", identifier: "case",
                        ignore: ["known"])
                }
            let pipeline = Pipeline(
                preprocessors: [StandardScaler()], detector: detector,
                threshold: QuantileThreshold(contamination: 0.1))
            let fit = try pipeline.fitAndScore(table.rows, seed: 7)
            let (model, scores) = (fit.model, fit.scores)

            #expect(scores.map(\.bitPattern) == run.scores.map(\.bitPattern), "\(name), known: \(known ?? "nothing")")
            #expect(model.decisions(for: scores) == run.decisions)
            #expect(
                try model.scores(of: table.rows).map(\.bitPattern)
                    == run.model.scores(of: run.table.rows).map(\.bitPattern))
            #expect(table.truth == run.table.truth && table.rows.reading == run.table.rows.reading)
        }
    }

    /// The other side of it: with the truth among the rows, these detectors give other scores.
    @Test(arguments: ["deep-sad", "auto", "boosted-trees"]) func theTruthWouldMatter(_ name: String) throws {
        let table = try Table(
            folder.path("t.csv"), label: "diagnosis", anomaly: "malignant", knownLabels: "known", identifier: "case")
        let detector = try Registry.standard.detector(name, parameters: parameters(of: name))
        let pipeline = Pipeline(preprocessors: [StandardScaler()], detector: detector)
        let honest = try pipeline.fitAndScore(table.rows).scores
        let told = try Table(
            folder.path("t.csv"), label: "diagnosis", anomaly: "malignant", knownLabels: "diagnosis",
            identifier: "case", ignore: ["known"])
        #expect(try pipeline.fitAndScore(told.rows).scores != honest)
    }
}
