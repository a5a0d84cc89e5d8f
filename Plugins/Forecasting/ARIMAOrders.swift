/// The orders of a seasonal ARIMA process.
struct ARIMAOrders: Sendable, Hashable {
    var autoregressive = 0
    var differences = 0
    var movingAverage = 0
    var seasonalAutoregressive = 0
    var seasonalDifferences = 0
    var seasonalMovingAverage = 0
    /// Points in a season; 1 without one.
    var period = 1

    /// Whether the process has a mean of its own.
    var hasMean: Bool { differences + seasonalDifferences == 0 }

    /// The parameters besides the variance.
    var parameterCount: Int {
        autoregressive + movingAverage + seasonalAutoregressive + seasonalMovingAverage + (hasMean ? 1 : 0)
    }

    var differencing: Differences {
        Differences(order: differences, seasonalOrder: seasonalDifferences, period: period)
    }
}
