import Outlier
import OutlierConfig
import OutlierData
import OutlierWorkflow

extension Run {
    /// “breast-cancer.csv: 397 rows × 30 columns, 40 anomalies”, and the pipeline below it.
    func headline() throws -> String {
        let name = ReportWriter.name(of: configuration.data.source ?? "")
        let truth = table.truth.map { truth in
            ", " + Format.counted(truth.anomalyCount, "labelled anomaly", plural: "labelled anomalies")
        }
        let stages =
            configuration.preprocessors.map(\.recipe.name) + [configuration.detector?.recipe.name ?? ""]
            + (configuration.threshold.map { [$0.recipe.name] } ?? [])
        let rows = Format.counted(table.rows.rowCount, "row")
        let columns = Format.counted(table.rows.columnCount, "column")
        return try """
        \(name): \(rows) × \(columns)\(truth ?? "")
        \(stages.joined(separator: " → ")), fitted in \(Format.seconds(seconds)) s

        """ + notes().map { "\($0)\n" }.joined()
    }

    /// Why the model is as it is, an empty line before it; nothing if the model does not say.
    var reasonsText: String { reasoned.map { "\n\($0.reasonsText)\n" } ?? "" }
}
