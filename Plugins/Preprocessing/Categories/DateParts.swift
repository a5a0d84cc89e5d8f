import Foundation
public import OutlierCore

/// Replaces each date by its parts: the hour, the weekday and so on, in UTC.
///
/// Parts that come round again can be written as sine and cosine, so that 23 h is near 0 h. A missing date has missing
/// parts. Other columns pass.
///
///     preprocess: [{date-parts: {parts: [hour, weekday], cyclic: true}}]
public struct DateParts: Preprocessor {
    public enum Part: String, Sendable, CaseIterable {
        case year
        /// 1 to 12.
        case month
        /// The day of the month, 1 to 31.
        case day
        /// 1 for Monday to 7 for Sunday (ISO 8601).
        case weekday
        /// The day of the year, 1 to 366.
        case dayOfYear = "day-of-year"
        /// 0 to 23, with minutes and seconds as its fraction.
        case hour
        /// 0 to 59.
        case minute
        /// 1 on Saturday and Sunday.
        case weekend
        /// Seconds since 1970.
        case seconds

        /// How long it takes to come round again, and where it begins.
        var cycle: (length: Double, start: Double)? {
            switch self {
            case .month: (12, 1)
            case .day: (31, 1)
            case .weekday: (7, 1)
            case .dayOfYear: (366, 1)
            case .hour: (24, 0)
            case .minute: (60, 0)
            case .year, .weekend, .seconds: nil
            }
        }
    }

    public static let name = "date-parts"
    public static let summary = "Replaces each date by its hour, weekday and other parts."
    public static var parameters: [Parameter<DateParts>] {
        [
            .strings(
                "parts", \.partNames, minimumCount: 1,
                "The parts: \(Part.allCases.map(\.rawValue).joined(separator: ", "))."),
            .boolean("cyclic", \.cyclic, "Whether parts that come round again become sine and cosine."),
            .number(
                "offset", \.offset, in: .between(-24, 24), "Hours that local time is ahead of UTC."),
        ]
    }

    public var parts: [Part] { partNames.compactMap(Part.init(rawValue:)) }
    var partNames: [String]
    public var cyclic: Bool
    /// Hours that local time is ahead of UTC.
    public var offset: Double

    public init() { self.init(parts: [.hour, .weekday, .month]) }

    public init(parts: [Part], cyclic: Bool = false, offset: Double = 0) {
        partNames = parts.map(\.rawValue)
        self.cyclic = cyclic
        self.offset = offset
    }

    public func validateTogether() throws {
        let known = Part.allCases.map(\.rawValue)
        for (index, name) in partNames.enumerated() where !known.contains(name) {
            throw OutlierError(
                .invalidParameter, "“\(name)” is no part of a date: \(known.joined(separator: ", "))",
                suggestion: Suggestion.didYouMean(name, among: known), path: ["parts", String(index)])
        }
        if Set(partNames).count < partNames.count {
            throw OutlierError(.invalidParameter, "a part of a date is named twice", path: ["parts"])
        }
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedDateParts {
        FittedDateParts(
            isDate: data.columns.map { $0.kind == .date }, parts: parts, cyclic: cyclic, offset: offset)
    }
}

/// Which columns are dates, and what they become.
public struct FittedDateParts: FittedPreprocessor, MissingTolerant, CategoryTolerant {
    let isDate: [Bool]
    let parts: [DateParts.Part]
    let cyclic: Bool
    let offset: Double

    public var featureCount: Int { isDate.count }

    init(isDate: [Bool], parts: [DateParts.Part], cyclic: Bool, offset: Double) {
        self.isDate = isDate
        self.parts = parts
        self.cyclic = cyclic
        self.offset = offset
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        guard isDate.contains(true) else { return data }
        var columns: [Column] = []
        for (column, isDate) in zip(data.columns, isDate) {
            if !isDate { columns.append(column) } else { columns += derivedColumns(of: column) }
        }
        let width = columns.count
        try MachineMemory.require(
            elements: [data.rowCount, width], for: "the parts of the dates", instead: "Name fewer parts.",
            component: DateParts.name)
        var values: [Double] = []
        values.reserveCapacity(data.rowCount * width)
        for row in 0..<data.rowCount {
            for column in isDate.indices {
                let value = data.matrix[row, column]
                if !isDate[column] { values.append(value) } else { append(value, to: &values) }
            }
        }
        return try data.replacing(
            Matrix(rowCount: data.rowCount, columnCount: width, values: values), columns: columns)
    }

    private func derivedColumns(of date: Column) -> [Column] {
        parts.flatMap { part -> [Column] in
            let name = "\(date.name) \(part.rawValue)"
            if cyclic, part.cycle != nil { return [date.derived("\(name) sin"), date.derived("\(name) cos")] }
            return [date.derived(name, kind: part == .weekend ? .boolean : .number)]
        }
    }

    private func append(_ seconds: Double, to values: inout [Double]) {
        // Dates that the calendar does not reach, and values that are none, have no parts.
        let local = seconds + offset * 3600
        let date = CivilDate(seconds: local)
        for part in parts {
            let value = date.map { $0.value(of: part, seconds: local) } ?? .nan
            if cyclic, let cycle = part.cycle {
                let angle = 2 * Double.pi * (value - cycle.start) / cycle.length
                values += [sin(angle), cos(angle)]
            } else {
                values.append(value)
            }
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(isDate.map { $0 ? 1 : 0 }, as: "dates")
        archive.store(.array(parts.map { .string($0.rawValue) }), as: "parts")
        archive.store(cyclic ? 1 : 0, as: "cyclic")
        archive.store([offset], as: "offset")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        isDate = try archive.integers("dates", in: 0...1).map { $0 == 1 }
        parts = try (archive.value("parts").array ?? []).map { value in
            guard let part = value.string.flatMap(DateParts.Part.init(rawValue:)) else {
                throw OutlierError(.invalidModel, "a part of a date is unknown")
            }
            return part
        }
        guard !parts.isEmpty, Set(parts).count == parts.count else {
            throw OutlierError(.invalidModel, "the parts of dates are none or not different")
        }
        cyclic = try archive.integer("cyclic", in: 0...1) == 1
        offset = try archive.doubles("offset", count: 1)[0]
        guard (-24...24).contains(offset) else {
            throw OutlierError(.invalidModel, "local time is not as far from UTC as the model says")
        }
    }
}

extension CivilDate {
    func value(of part: DateParts.Part, seconds: Double) -> Double {
        switch part {
        case .year: Double(year)
        case .month: Double(month)
        case .day: Double(day)
        case .weekday: Double(weekday)
        case .dayOfYear: Double(dayOfYear)
        case .hour: secondOfDay / 3600
        case .minute: (secondOfDay / 60).rounded(.down).truncatingRemainder(dividingBy: 60)
        case .weekend: weekday > 5 ? 1 : 0
        case .seconds: seconds
        }
    }
}
