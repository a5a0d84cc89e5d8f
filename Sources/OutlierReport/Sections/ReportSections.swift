import OutlierCore

/// The sections of a page that are words and tables.
struct ReportSections {
    let report: Report
    /// Rows that have a score.
    let scored: Int
    /// Rows that are called anomalies; `nil` where nothing was decided.
    let alarms: Int?

    static let columnLimit = 100
    static let reasonLimit = 5
}
