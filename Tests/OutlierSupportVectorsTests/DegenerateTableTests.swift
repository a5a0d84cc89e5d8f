import Foundation
import OutlierCore
import OutlierSupportVectors
import OutlierTesting
import Testing

/// Every detector of the family on tables that textbooks leave out.
@Suite struct DegenerateTableTests {
    @Test(arguments: [
        "ocsvm", "ocsvm-sgd",
    ])
    func givesRightScoresOrAnError(name: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(SupportVectorsPlugin.self)
        let failures = try DegenerateTables.check(registry.detector(name)) { table, seconds in
            if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
                print("degenerate | \(name) | \(table) | \(seconds)")
            }
        }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
