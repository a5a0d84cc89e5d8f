/// The scores of rows whose class is known, the highest first, for thresholds that choose a cutoff by labels.
///
/// Where some rows are known to be normal, these and the known anomalies count; where only anomalies are known, the
/// others are taken for normal, as ``SupervisedRows`` has it.
struct LabeledScores {
    /// One of the places at which a cutoff can lie: below the scores of `alarms` rows, above all others.
    struct Cut {
        /// Half-way between the lowest alarm and the highest other score.
        var cutoff: Double
        var found: Int
        var falseAlarms: Int
    }

    let anomalies: Int
    let normals: Int
    /// From “no alarm” down to “every row is an alarm”.
    let cuts: [Cut]

    /// - Throws: ``OutlierError/Code/missingLabels`` where there are no labels, or those of one class only.
    init(_ scores: [Double], labels: [Label]?) throws {
        try LabelCheck.requireBothClasses(labels)
        let labels = labels ?? []
        let knowsNormal = labels.contains(.normal)
        var rows: [(score: Double, isAnomaly: Bool)] = []
        for (score, label) in zip(scores, labels) where !knowsNormal || label != .unlabeled {
            rows.append((score, label == .anomaly))
        }
        rows.sort { $0.score > $1.score }
        anomalies = rows.count { $0.isAnomaly }
        normals = rows.count - anomalies
        var cuts = [Cut(cutoff: rows.first?.score ?? 0, found: 0, falseAlarms: 0)]
        var found = 0
        var falseAlarms = 0
        var index = 0
        while index < rows.count {
            let score = rows[index].score
            while index < rows.count, rows[index].score == score {
                if rows[index].isAnomaly { found += 1 } else { falseAlarms += 1 }
                index += 1
            }
            let next = index < rows.count ? rows[index].score : -.infinity
            cuts.append(Cut(cutoff: Self.middle(next, score), found: found, falseAlarms: falseAlarms))
        }
        self.cuts = cuts
    }

    /// A number of `low..<high`, half-way where there is one.
    private static func middle(_ low: Double, _ high: Double) -> Double {
        guard low.isFinite, high.isFinite else { return low.isFinite ? low : high.nextDown }
        return Midpoint.below(high, from: low)
    }
}
