import Foundation
import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

/// Every detector of the family on tables that textbooks leave out.
@Suite struct DegenerateTableTests {
    @Test(arguments: [
        "isolation-forest", "extended-isolation-forest", "inne",
    ])
    func givesRightScoresOrAnError(name: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(ForestsPlugin.self)
        let failures = try DegenerateTables.check(registry.detector(name)) { table, seconds in
            if ProcessInfo.processInfo.environment["OUTLIER_PRINT_FIGURES"] != nil {
                print("degenerate | \(name) | \(table) | \(seconds)")
            }
        }
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
    }
}
