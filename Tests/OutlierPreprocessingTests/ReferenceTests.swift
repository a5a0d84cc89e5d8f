import OutlierCore
import OutlierPreprocessing
import Testing

/// Every preprocessor that scikit-learn has too gives its values.
@Suite struct ReferenceTests {
    @Test func fixtureIsThere() { #expect(PreparationFixture.cases.count > 20) }

    @Test(arguments: PreparationFixture.cases) func agreesWithReference(_ one: PreparationFixture.Case) throws {
        let preprocessor = try Registry.forTests().preprocessor(one.preprocessor)
        try compare(preprocessor, one)
    }

    private func compare(_ preprocessor: some Preprocessor, _ one: PreparationFixture.Case) throws {
        let fitted = try preprocessor.fit(one.train, context: FitContext(seed: 1))
        let results = [
            (try fitted.transform(one.train.rows(0..<one.trainResult.rowCount)).matrix, one.trainResult),
            (try fitted.transform(one.new).matrix, one.newResult),
        ]
        for (result, expected) in results {
            try #require(result.rowCount == expected.rowCount && result.columnCount == expected.columnCount)
            var largest = 0.0
            for (value, wanted) in zip(result.values, expected.values) where !(value.isNaN && wanted.isNaN) {
                let difference = abs(value - wanted) / max(1, abs(wanted))
                largest = difference > largest || difference.isNaN ? difference : largest
            }
            #expect(largest <= one.tolerance, "differs by \(largest)")
        }
    }
}
