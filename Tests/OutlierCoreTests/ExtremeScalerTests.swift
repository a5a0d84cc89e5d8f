import OutlierCore
import Testing

/// Scalers of columns whose squares, or whose ranges, are no numbers.
@Suite struct ExtremeScalerTests {
    private let plain = [3.0, -1, 4, 1, -5, 9, 2, 6]

    private func scaled(_ preprocessor: some Preprocessor, _ values: [Double]) throws -> [Double] {
        let data = try Dataset(rows: values.map { [$0] })
        return try preprocessor.fit(data).transform(data).matrix.values
    }

    @Test(arguments: [1000, 1020, 512, 511, -400, -537, -600, -1000])
    func scalesDoNotDependOnTheUnit(power: Int) throws {
        let unit = Double(sign: .plus, exponent: power, significand: 1)
        for scaler in [StandardScaler(), RobustScaler(), MinMaxScaler()] as [any Preprocessor] {
            let wanted = try scaled(scaler, plain)
            let found = try scaled(scaler, plain.map { $0 * unit })
            for (value, right) in zip(found, wanted) { #expect(abs(value - right) < 1e-12, "\(scaler.recipe.name)") }
        }
    }

    @Test func rangesThatAreNoNumberAreAnError() throws {
        let wide = [-1.7e308, -1.6e308, 1.6e308, 1.7e308]
        for scaler in [RobustScaler(), MinMaxScaler()] as [any Preprocessor] {
            let error = #expect(throws: OutlierError.self) { _ = try scaled(scaler, wide) }
            #expect(error?.code == .numericalFailure && error?.suggestion != nil)
        }
        let values = try scaled(StandardScaler(), wide)
        let deviation = (Double(1.7 * 1.7 + 1.6 * 1.6) / 2).squareRoot()
        for (value, right) in zip(values, [-1.7, -1.6, 1.6, 1.7]) { #expect(abs(value - right / deviation) < 1e-12) }
        #expect(try scaled(StandardScaler(), [1.7e308, 1.7e308]) == [0, 0])
    }
}
