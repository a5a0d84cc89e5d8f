import Foundation
import OutlierCore
import OutlierForecasting
import OutlierTesting
import Testing

private func fixture() throws -> Value {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/forecasting.json")
    return try Value(json: Data(contentsOf: path))
}

private func registry() throws -> Registry {
    var registry = Registry()
    try registry.register(ForecastingPlugin.self)
    return registry
}

private func column(_ values: [Double]) throws -> Dataset {
    Dataset(try Matrix(rowCount: values.count, columnCount: 1, values: values))
}

@Suite struct ARIMATests {
    @Test func likelihoodsEqualTheReference() throws {
        let cases = try fixture()["arima"]?.array ?? []
        #expect(cases.count == 10)
        for entry in cases {
            let values = entry["values"]?.array?.map { $0.double ?? .nan } ?? []
            let seasonal = entry["seasonal"]?.array?.compactMap(\.int) ?? []
            let detector = ARIMA(
                orders: entry["order"]?.array?.compactMap(\.int) ?? [], seasonalOrders: Array(seasonal.prefix(3)),
                period: seasonal.last == 0 ? nil : seasonal.last)
            let found = try detector.fit(column(values)).logLikelihoods[0]
            let expected = entry["log_likelihood"]?.double ?? .nan
            // A higher likelihood is a better fit; the reference stops early in one of the cases.
            #expect(found > expected - 1e-4 * abs(expected) && found < expected + 1e-3 * abs(expected))
        }
    }

    /// The likelihood of a first-order process in closed form, and forecasts by hand.
    @Test func aFirstOrderProcessIsForetoldByItsLastValue() throws {
        var random = RandomSource(seed: 3)
        var values = [0.0]
        for _ in 1..<3_000 { values.append(0.7 * (values.last ?? 0) + random.normal()) }
        let model = try ARIMA(orders: [1, 0, 0]).fit(column(values))
        let (means, deviations) = try model.forecasts(of: column(values), column: 0)
        // mean + φ (last − mean) for two points gives both numbers; the others must agree.
        let slope = (means[11] - means[10]) / (values[10] - values[9])
        #expect(abs(slope - 0.7) < 0.04)
        for point in 1..<200 {
            #expect(abs(means[point] - means[10] - slope * (values[point - 1] - values[9])) < 1e-9)
            #expect(abs(deviations[point] - deviations[10]) < 1e-9)
        }
        #expect(abs(deviations[10] - 1) < 0.05)
    }

    @Test func ordersAreFound() throws {
        var random = RandomSource(seed: 5)
        var walk = 0.0
        var level = 0.0
        let walks = (0..<400).map { _ -> Double in
            walk += random.normal()
            return walk
        }
        let levels = (0..<400).map { _ -> Double in
            level = 0.6 * level + random.normal()
            return level
        }
        #expect(try ARIMA().fit(column(walks)).orders[0][1] == 1)
        let stationary = try ARIMA().fit(column(levels)).orders[0]
        #expect(stationary[1] == 0 && stationary[0] + stationary[2] >= 1)
        let seasonal = (0..<240).map { row -> Double in
            let month = Double(row % 12)
            return month * month / 6 + levels[row] / 3
        }
        #expect(try ARIMA(period: 12).fit(column(seasonal)).orders[0][4] == 1)
    }

    @Test(arguments: [
        ARIMA(orders: [2, 0, 1]), ARIMA(orders: [1, 1, 1]),
        ARIMA(orders: [0, 1, 1], seasonalOrders: [0, 1, 1], period: 10),
    ])
    func keepsThePromisesOfSeries(_ detector: ARIMA) throws {
        let failures = try SeriesPromises.check(detector, registry: registry(), isCausal: true)
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func badOrdersAreRefused() throws {
        for detector in [ARIMA(orders: [1, 1]), ARIMA(orders: [1, 3, 1]), ARIMA(seasonalOrders: [1, 1, 1])] {
            #expect(throws: OutlierError.self) { try detector.fit(column((0..<100).map { Double($0 % 7) })) }
        }
    }
}

@Suite struct GARCHTests {
    @Test func likelihoodsAndResidualsEqualTheReference() throws {
        let root = try fixture()
        let returns = try column(root["returns"]?.array?.compactMap(\.double) ?? [])
        let cases = root["garch"]?.array ?? []
        #expect(cases.count == 6)
        for entry in cases {
            let orders = entry["orders"]?.array?.compactMap(\.int) ?? []
            let distribution = InnovationDistribution(rawValue: entry["distribution"]?.string ?? "") ?? .normal
            let model = try GARCH(shocks: orders[0], memory: orders[1], distribution: distribution).fit(returns)
            let expected = entry["log_likelihood"]?.double ?? .nan
            #expect(abs(model.logLikelihoods[0] - expected) < 1e-6 * abs(expected))
            let scores = try model.scores(of: returns).suffix(5)
            for (score, residual) in zip(scores, entry["last_residuals"]?.array?.compactMap(\.double) ?? []) {
                #expect(abs(score - abs(residual)) < 2e-3)
            }
        }
    }

    @Test(arguments: InnovationDistribution.allCases)
    func keepsThePromisesOfSeries(_ distribution: InnovationDistribution) throws {
        let failures = try SeriesPromises.check(
            GARCH(shocks: 1, distribution: distribution), registry: registry(), isCausal: true)
        #expect(failures.isEmpty, "\(failures)")
    }
}

@Suite struct LinearAutoregressionTests {
    @Test func coefficientsOfAProcessAreFound() throws {
        var random = RandomSource(seed: 6)
        var rows = [[0.0, 0.0]]
        for _ in 1..<5_000 {
            let last = rows[rows.count - 1]
            let first: Double = 0.5 * last[0] + 0.3 * last[1] + random.normal()
            let second: Double = -0.4 * last[0] + 0.2 * last[1] + 0.5 * random.normal()
            rows.append([first, second])
        }
        let data = try Dataset(rows: rows)
        let model = try LinearAutoregression(lags: 1, ridge: 1e-9).fit(data)
        let (means, deviations) = try model.forecasts(of: data, column: 1)
        for point in 1..<100 {
            let expected: Double = -0.4 * rows[point - 1][0] + 0.2 * rows[point - 1][1]
            #expect(abs(means[point] - expected) < 0.1)
        }
        #expect(abs(deviations[50] - 0.5) < 0.03)
        let scores = try model.scores(of: data).values
        let mean = scores.dropFirst().reduce(0) { $0 + $1 * $1 } / 4_999
        #expect(abs(mean - 1) < 1e-6)
    }

    @Test func keepsThePromisesOfSeries() throws {
        let failures = try SeriesPromises.check(LinearAutoregression(lags: 5), registry: registry(), isCausal: true)
        #expect(failures.isEmpty, "\(failures)")
    }
}
