public import OutlierCore

/// Detectors that foretell the values of a series and score how far they are from what comes.
public enum ForecastingPlugin: Plugin {
    public static let name = "Forecasting"

    public static func register(in registry: inout Registry) throws {
        try registry.register(ARIMA.self, plugin: name)
        try registry.register(GARCH.self, plugin: name)
        try registry.register(LinearAutoregression.self, plugin: name)
    }
}
