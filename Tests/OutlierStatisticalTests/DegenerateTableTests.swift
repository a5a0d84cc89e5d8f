import Foundation
import OutlierCore
import OutlierStatistical
import OutlierTesting
import Testing

/// Every detector of the family on tables that textbooks leave out.
@Suite struct DegenerateTableTests {
    /// Where a detector is known to find nothing as it stands: most of them do not follow the unit of the columns, so a scaler
    /// belongs before them.
    private static let exceptions: [String: [String]] = [
        "gmm": ["tiny unit"], "hbos": ["huge unit"], "kde": ["tiny unit", "huge unit"],
    ]

    @Test(arguments: [
        "hbos", "ecod", "copod", "mad", "z-score", "iqr", "loda", "mahalanobis", "mcd", "gmm", "kde",
    ])
    func givesRightScoresOrAnError(name: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(StatisticalPlugin.self)
        let failures = try DegenerateTables.check(
            registry.detector(name), exceptions: Self.exceptions[name] ?? []
        ) { table, seconds in
            if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
                print("degenerate | \(name) | \(table) | \(seconds)")
            }
        }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
