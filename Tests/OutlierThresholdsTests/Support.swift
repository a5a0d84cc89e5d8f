import Foundation
import OutlierCore

/// What PyOD, PyThresh and scikit-learn make of some scores.
struct DecisionFixture {
    let cases: [Value]

    init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/decisions.json")
        cases = try Value(json: Data(contentsOf: path))["cases"]?.array ?? []
    }
}

extension Value {
    func numbers(_ key: String) -> [Double] { self[key]?.array?.compactMap(\.double) ?? [] }
}

func greatestDifference(_ left: [Double], _ right: [Double]) -> Double {
    left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
