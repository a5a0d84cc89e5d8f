public import OutlierCore
internal import OutlierNumerics

/// A seasonal ARIMA process: how far a value lies from its forecast by the values before it, in standard deviations of the
/// forecast; at least 0.
///
/// The likelihood is exact, by a Kalman filter of the differenced series, and values may be missing: they have no forecast
/// error, and get the median score. So do the first d + D s points of a series. The one-step forecasts look back only.
/// Columns are fitted each on its own; of several, the score is the root of the mean squared error. Several series share
/// their coefficients.
///
/// Orders that are not given are found as by Hyndman & Khandakar (2008): d by KPSS tests for a level, D by the strength of the
/// season, and the others by steps that lower Akaike's criterion (AICc), for the first 2,000 points of the longest series.
///
///     ARIMA(orders: [1, 1, 1])          {arima: {orders: [1, 1, 1]}}
///     ARIMA(period: 24)                 {sarima: {period: 24}}
///
/// Fitting: O(n r) a likelihood for a state of r = max(p + P s, q + Q s + 1) numbers, once the filter is steady, and O(r³) to
/// begin; some hundred likelihoods. Scoring O(n r).
///
/// - Throws: fitting, ``OutlierError/Code/notEnoughRows`` where the series are too short for the orders.
public struct ARIMA: Detector, OrderReading {
    public static let name = "arima"
    public static let aliases = ["sarima"]
    public static let summary = "Error of the one-step forecasts of a (seasonal) ARIMA process, in standard deviations."
    public static let reference: String? =
        "G. E. P. Box, G. M. Jenkins: Time Series Analysis, 1970; R. J. Hyndman, Y. Khandakar: Automatic Time Series "
        + "Forecasting: The forecast Package for R, 2008"
    public static let parameters: [Parameter<ARIMA>] = [
        .integers("orders", \.orders, in: .between(0, 20), "The orders p, d and q: [1, 1, 1]; none to find them."),
        .integers(
            "seasonal-orders", \.seasonalOrders, in: .between(0, 5),
            "The seasonal orders P, D and Q: [0, 1, 1]; none to find them where there is a period."),
        .integer("period", \.period, in: .between(2, 1_000), null: "no season", "Points in a season."),
    ]

    /// p, d and q; empty to find them.
    public var orders: [Int]
    /// P, D and Q; empty to find them, where there is a period.
    public var seasonalOrders: [Int]
    /// Points in a season, 2...1000; `nil` for no season.
    public var period: Int?

    public init() { self.init(orders: []) }

    public init(orders: [Int] = [], seasonalOrders: [Int] = [], period: Int? = nil) {
        self.orders = orders
        self.seasonalOrders = seasonalOrders
        self.period = period
    }

    public func validateTogether() throws {
        for (name, orders) in [("orders", orders), ("seasonal-orders", seasonalOrders)]
        where !orders.isEmpty && orders.count != 3 {
            throw OutlierError(
                .invalidParameter, "“\(name)” must be three numbers, but \(orders.count) were given",
                suggestion: "Write [1, 1, 1], or leave it out to find the orders.", path: [name])
        }
        if seasonalOrders.contains(where: { $0 > 0 }), period == nil {
            throw OutlierError(
                .invalidParameter, "seasonal orders need a period", suggestion: "Set the parameter “period”.",
                path: ["seasonal-orders"])
        }
        if max(orders.dropFirst().first ?? 0, seasonalOrders.dropFirst().first ?? 0) > 2 {
            throw OutlierError(
                .invalidParameter, "a series is differenced at most twice", suggestion: "Lower the second order.")
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedARIMA {
        try validateTogether()
        var processes: [ARIMAProcess] = []
        for column in 0..<data.columnCount {
            let part = context.part(
                column,
                covering: Double(column) / Double(data.columnCount)...Double(column + 1) / Double(data.columnCount))
            let series = data.seriesRanges.map { data.matrix.column(column, in: $0) }
            processes.append(try fit(series, name: data.columns[column].name, context: part))
        }
        let model = FittedARIMA(processes: processes, neutral: 0)
        let known = try model.errors(of: data, execution: context.execution).filter { !$0.isNaN }
        return FittedARIMA(processes: processes, neutral: known.isEmpty ? 0 : Quantiles.median(of: known))
    }

    private func fit(_ series: [[Double]], name: String, context: FitContext) throws -> ARIMAProcess {
        let longest = series.max { $0.count < $1.count } ?? []
        let chosen = try OrderSearch(self, Array(longest.prefix(2_000))).orders(context: context)
        if let process = try ARIMAProcess.fit(series, orders: chosen, context: context) { return process }
        let present = series.joined().filter { !$0.isNaN }
        let parameters = chosen.parameterCount + chosen.differencing.lost + 2
        guard present.count >= parameters || orders.isEmpty else {
            throw OutlierError(
                .notEnoughRows,
                "the column “\(name)” has \(present.count) values, but these orders need at least \(parameters)",
                suggestion: "Lower the orders.")
        }
        return ARIMAProcess.constant(present)
    }
}

/// The search for orders by steps (Hyndman & Khandakar, 2008).
struct OrderSearch {
    private let given: ARIMA
    private let values: [Double]
    private static let mostOrder = 5
    private static let mostSeasonalOrder = 2

    init(_ given: ARIMA, _ values: [Double]) {
        self.given = given
        self.values = values
    }

    func orders(context: FitContext) throws -> ARIMAOrders {
        var base = ARIMAOrders()
        base.period = given.period ?? 1
        let fixesOrders = given.orders.count == 3
        let fixesSeason = given.period == nil || given.seasonalOrders.count == 3
        if fixesOrders {
            base.autoregressive = given.orders[0]
            base.differences = given.orders[1]
            base.movingAverage = given.orders[2]
        }
        if given.seasonalOrders.count == 3 {
            base.seasonalAutoregressive = given.seasonalOrders[0]
            base.seasonalDifferences = given.seasonalOrders[1]
            base.seasonalMovingAverage = given.seasonalOrders[2]
        }
        if fixesOrders && fixesSeason { return base }
        if !fixesSeason, let period = given.period {
            base.seasonalDifferences = Stationarity.isSeasonal(values, period: period) ? 1 : 0
        }
        if !fixesOrders {
            let seasonal = Differences(order: 0, seasonalOrder: base.seasonalDifferences, period: base.period)
            base.differences = Stationarity.differences(seasonal.apply(values))
        }
        return try search(from: base, changesOrders: !fixesOrders, changesSeason: !fixesSeason, context: context)
    }

    private func search(
        from base: ARIMAOrders, changesOrders: Bool, changesSeason: Bool, context: FitContext
    ) throws -> ARIMAOrders {
        let count = base.differencing.apply(values).count { !$0.isNaN }
        var seen: Set<ARIMAOrders> = []
        var best = (orders: base, criterion: Double.infinity)
        func look(at orders: ARIMAOrders) throws -> Bool {
            guard seen.insert(orders).inserted else { return false }
            try context.checkCancellation()
            guard let process = try ARIMAProcess.fit([values], orders: orders, context: context) else { return false }
            let criterion = process.criterion(count: count)
            guard criterion < best.criterion else { return false }
            best = (orders, criterion)
            return true
        }
        func changed(_ orders: ARIMAOrders, _ p: Int, _ q: Int, _ seasonalP: Int, _ seasonalQ: Int) -> ARIMAOrders? {
            var result = orders
            if changesOrders {
                result.autoregressive += p
                result.movingAverage += q
            } else if p != 0 || q != 0 {
                return nil
            }
            if changesSeason {
                result.seasonalAutoregressive += seasonalP
                result.seasonalMovingAverage += seasonalQ
            } else if seasonalP != 0 || seasonalQ != 0 {
                return nil
            }
            let usual = [result.autoregressive, result.movingAverage]
            let seasonal = [result.seasonalAutoregressive, result.seasonalMovingAverage]
            guard usual.allSatisfy({ $0 >= 0 }), seasonal.allSatisfy({ $0 >= 0 }) else { return nil }
            guard !changesOrders || usual.allSatisfy({ $0 <= OrderSearch.mostOrder }) else { return nil }
            guard !changesSeason || seasonal.allSatisfy({ $0 <= OrderSearch.mostSeasonalOrder }) else { return nil }
            return result
        }
        let season = changesSeason ? 1 : 0
        let starts = [(2, 2, season, season), (0, 0, 0, 0), (1, 0, season, 0), (0, 1, 0, season)]
        for (p, q, seasonalP, seasonalQ) in starts {
            let orders =
                changesOrders ? changed(base, p, q, seasonalP, seasonalQ) : changed(base, 0, 0, seasonalP, seasonalQ)
            if let orders { _ = try look(at: orders) }
        }
        let steps = [
            (1, 0, 0, 0), (-1, 0, 0, 0), (0, 1, 0, 0), (0, -1, 0, 0), (1, 1, 0, 0), (-1, -1, 0, 0), (1, -1, 0, 0),
            (-1, 1, 0, 0), (0, 0, 1, 0), (0, 0, -1, 0), (0, 0, 0, 1), (0, 0, 0, -1), (0, 0, 1, 1), (0, 0, -1, -1),
        ]
        var improves = true
        while improves {
            improves = false
            for (p, q, seasonalP, seasonalQ) in steps {
                guard let orders = changed(best.orders, p, q, seasonalP, seasonalQ) else { continue }
                if try look(at: orders) {
                    improves = true
                    break
                }
            }
        }
        return best.orders
    }
}
