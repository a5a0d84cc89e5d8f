import Foundation
import OutlierCore
import OutlierNeighbors
import OutlierTesting
import Testing

/// Every detector of the family on tables that textbooks leave out.
@Suite struct DegenerateTableTests {
    /// Where a detector is known to find nothing as it stands: most of them do not follow the unit of the columns, so a scaler
    /// belongs before them.
    private static let exceptions: [String: [String]] = [
        "sod": ["a constant column"]
    ]

    @Test(arguments: [
        "knn", "lof", "cof", "abod", "sod", "cblof",
    ])
    func givesRightScoresOrAnError(name: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(NeighborsPlugin.self)
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
