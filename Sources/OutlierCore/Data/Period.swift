internal import OutlierNumerics

/// The length after which a series repeats itself, by the peaks of its autocorrelation.
///
/// The rule of the benchmark TSB-AD (Liu & Paparrizos, 2024): of the first 20,000 points the autocorrelations of lags
/// 3...400 are looked at, and the lag of the highest peak is the period; 125 where there is no peak, or the highest one is
/// at a lag below 6 or above 303. It never looks beyond these points.
public enum Period {
    /// What is taken where no period is found.
    public static let fallback = 125
    private static let mostPoints = 20_000
    private static let longestLag = 400
    private static let firstLag = 3

    /// The period of one series.
    ///
    /// - Parameter rank: 1 for the highest peak; 2 for the highest one at a longer lag than that, and so on. Where there is
    ///   no such peak, that of the rank before.
    public static func find(in series: [Double], rank: Int = 1) -> Int { strongest(series, rank: rank).period }

    /// The period of a table, of the longest series and of the column whose peak is the highest.
    public static func find(in data: Dataset, rank: Int = 1) -> Int {
        let ranges = data.index?.series ?? [0..<data.rowCount]
        guard let range = ranges.max(by: { $0.count < $1.count }) else { return fallback }
        let rows = data.matrix.rows(range.lowerBound..<min(range.upperBound, range.lowerBound + mostPoints))
        var best: (period: Int, height: Double)?
        for column in 0..<data.columnCount {
            let found = strongest(rows.column(column), rank: rank)
            if found.height > best?.height ?? -.infinity { best = found }
        }
        return best?.period ?? fallback
    }

    private static func strongest(_ series: [Double], rank: Int) -> (period: Int, height: Double) {
        let none = (period: fallback, height: -Double.infinity)
        let all = Autocorrelation.values(of: Array(series.prefix(mostPoints)), longest: longestLag)
        guard all.count > firstLag + 2 else { return none }
        let values = Array(all[firstLag...])
        let peaks = (1..<values.count - 1).filter { values[$0] > values[$0 - 1] && values[$0] > values[$0 + 1] }
        let byHeight = peaks.sorted { (values[$0], $0) > (values[$1], $1) }
        guard var chosen = byHeight.first else { return none }
        for _ in 1..<max(1, rank) {
            guard let next = byHeight.first(where: { $0 > chosen }) else { break }
            chosen = next
        }
        if chosen < 3 || chosen > 300 { return none }
        return (chosen + firstLag, values[chosen])
    }
}
