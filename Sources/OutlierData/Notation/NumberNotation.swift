import OutlierCore

/// How a column writes its numbers, as it was stated or as the column proves it.
struct NumberNotation: Hashable {
    /// What stands before the fraction.
    var decimal: ReadOptions.Decimal
    /// Whether the other one of point and comma stands between groups of digits.
    var isGrouped: Bool
    /// The currency of all numbers that have one.
    var currency = ""
    var hasPercent = false
    /// Whether any of the numbers is written otherwise than programs do.
    var isAdorned = false
    /// Whether point or comma stand in a place where they mean another number under the other reading.
    var isProven = false

    /// The number that `text` is, in this notation.
    func value(_ text: String) -> Double? {
        guard let number = WrittenNumber(text), let reading = number.reading(decimal), !reading.isGrouped || isGrouped,
            number.currency.isEmpty || number.currency == currency
        else { return nil }
        return reading.value
    }
}

/// Gathers how the words of a column write numbers.
struct NumberEvidence {
    private var counts = [0, 0]
    /// The words that are numbers under one reading, under the other, or under either.
    private(set) var numberCount = 0
    private var isGrouped = [false, false]
    private var showsGrouping = [false, false]
    /// Words that are other numbers under the other reading.
    private var doubtful: String?
    private var hasDoubtfulComma = false
    private var hasDoubtfulAdorned = false
    private var separators = false
    private var currencies: Set<String> = []
    private var hasPercent = false
    private var isAdorned = false

    /// Adds a word of the column, which stands there `count` times.
    mutating func add(_ text: String, count: Int) {
        guard let number = WrittenNumber(text) else { return }
        numberCount += count
        for (index, reading) in [number.point, number.comma].enumerated() {
            guard let reading else { continue }
            counts[index] += count
            if reading.isGrouped { isGrouped[index] = true }
            if reading.showsGrouping { showsGrouping[index] = true }
        }
        if let point = number.point, let comma = number.comma, point.value != comma.value {
            doubtful = doubtful ?? text
            if text.contains(",") { hasDoubtfulComma = true }
            if number.isAdorned { hasDoubtfulAdorned = true }
        }
        if text.utf8.contains(UInt8(ascii: ",")) || text.utf8.contains(UInt8(ascii: ".")) { separators = true }
        if !number.currency.isEmpty { currencies.insert(number.currency) }
        if number.isPercent { hasPercent = true }
        if number.isAdorned { isAdorned = true }
    }

    /// Adds a whole number as programs write it, or infinity: it is the same under both readings.
    mutating func addPlain(count: Int) {
        numberCount += count
        counts[0] += count
        counts[1] += count
    }

    /// What the evidence amounts to.
    enum Finding {
        case none
        case notation(NumberNotation, count: Int)
        /// Point and comma could mean either, for instance in `example`.
        case doubtful(example: String)
    }

    /// - Parameter hasCommaBeside: whether another column of the table proves a decimal comma.
    func finding(_ options: ReadOptions, hasCommaBeside: Bool) -> Finding {
        guard numberCount > 0, currencies.count <= 1 else { return .none }
        let stated: ReadOptions.Decimal? =
            switch (options.decimal, options.thousands) {
            case (.automatic, .automatic): nil
            case (.automatic, .comma): .point
            case (.automatic, .point): .comma
            case (let decimal, _): decimal
            }
        let best: ReadOptions.Decimal
        if let stated {
            best = stated
        } else if counts[0] != counts[1] {
            best = counts[0] > counts[1] ? .point : .comma
        } else if let doubtful, hasDoubtfulComma || hasDoubtfulAdorned || hasCommaBeside {
            return .doubtful(example: doubtful)
        } else {
            best = .point
        }
        let index = best == .comma ? 1 : 0
        guard counts[index] > 0 else { return .none }
        let isStated =
            (options.thousands == .comma && best == .point) || (options.thousands == .point && best == .comma)
        if isGrouped[index], !showsGrouping[index], !isStated { return .doubtful(example: doubtful ?? "") }
        return .notation(
            NumberNotation(
                decimal: best, isGrouped: isGrouped[index], currency: currencies.first ?? "", hasPercent: hasPercent,
                isAdorned: isAdorned, isProven: separators && (counts[0] != counts[1] || showsGrouping[index])),
            count: counts[index])
    }
}
