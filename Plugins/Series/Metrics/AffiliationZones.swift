/// Affiliation of alarms to true events (Huet, Navarro & Rossi, 2022): each event owns the time that is nearer to it than
/// to any other event, and distances within it are turned into the probability that a random alarm would be further away.
///
/// Points are intervals of length 1. All integrals are of piecewise linear functions and exact.
struct AffiliationZones {
    struct Interval {
        var begin: Double
        var end: Double
        var length: Double { end - begin }

        init(_ begin: Double, _ end: Double) {
            self.begin = begin
            self.end = end
        }

        init(_ range: Range<Int>) { self.init(Double(range.lowerBound), Double(range.upperBound)) }

        /// What it shares with another; `nil` where that has no length.
        func shared(with other: Interval) -> Interval? {
            let result = Interval(max(begin, other.begin), min(end, other.end))
            return result.length > 0 ? result : nil
        }
    }

    /// One value for each event with an alarm in its zone, 0...1.
    private(set) var precisions: [Double] = []
    /// One value for each event, 0...1.
    private(set) var recalls: [Double] = []

    /// - Parameter count: the number of points of the series.
    init(alarms: [Range<Int>], events: [Range<Int>], count: Int) {
        let zones = Self.zones(of: events.map { Interval($0) }, within: Interval(0, Double(count)))
        let alarms = alarms.map { Interval($0) }
        var first = 0
        for (event, zone) in zip(events.map({ Interval($0) }), zones) {
            while first < alarms.count && alarms[first].end <= zone.begin { first += 1 }
            let inZone = alarms[first...].prefix { $0.begin < zone.end }.compactMap { $0.shared(with: zone) }
            if inZone.isEmpty {
                recalls.append(0)
                continue
            }
            let length = inZone.reduce(0) { $0 + $1.length }
            precisions.append(inZone.reduce(0) { $0 + Self.precision(of: $1, event: event, zone: zone) } / length)
            recalls.append(Self.recall(of: event, alarms: inZone, zone: zone) / event.length)
        }
    }

    /// Who is nearest where: the borders lie in the middle between two neighbours.
    private static func zones(of intervals: [Interval], within whole: Interval) -> [Interval] {
        intervals.indices.map { index in
            Interval(
                index == 0 ? whole.begin : (intervals[index - 1].end + intervals[index].begin) / 2,
                index == intervals.count - 1 ? whole.end : (intervals[index].end + intervals[index + 1].begin) / 2)
        }
    }

    /// The integral over an alarm of the probability that a random point of the zone is further from the event.
    private static func precision(of alarm: Interval, event: Interval, zone: Interval) -> Double {
        let nearBorder = min(event.begin - zone.begin, zone.end - event.end)
        var sum = alarm.shared(with: event)?.length ?? 0
        func outside(_ part: Interval?, distances: (Interval) -> (Double, Double)) {
            guard let part else { return }
            let (least, most) = distances(part)
            let capped =
                (square(min(most, nearBorder)) - square(min(least, nearBorder))) / 2
                + nearBorder * (max(most, nearBorder) - max(least, nearBorder))
            let linear = (most * most - least * least) / 2
            sum += part.length - (capped + linear + event.length * part.length) / zone.length
        }
        outside(alarm.shared(with: Interval(zone.begin, event.begin))) {
            (event.begin - $0.end, event.begin - $0.begin)
        }
        outside(alarm.shared(with: Interval(event.end, zone.end))) { ($0.begin - event.end, $0.end - event.end) }
        return sum
    }

    /// The integral over an event of the probability that a random point of the zone is further away than the alarms.
    private static func recall(of event: Interval, alarms: [Interval], zone: Interval) -> Double {
        var sum = 0.0
        for (alarm, near) in zip(alarms, zones(of: alarms, within: zone)) {
            guard let part = event.shared(with: near) else { continue }
            sum += part.shared(with: alarm)?.length ?? 0
            if let before = part.shared(with: Interval(zone.begin, alarm.begin)) {
                sum += survival(over: before, from: alarm.begin, zone: zone)
            }
            if let after = part.shared(with: Interval(alarm.end, zone.end)) {
                sum += survival(over: after, from: alarm.end, zone: zone)
            }
        }
        return sum
    }

    /// The integral over `part` of 1 − (min(d, m) + d) / |zone|, where d is the distance to `point` and m that to the
    /// nearer border of the zone.
    private static func survival(over part: Interval, from point: Double, zone: Interval) -> Double {
        if point <= zone.begin || point >= zone.end { return 0 }
        func covered(_ position: Double) -> Double {
            let distance = abs(point - position)
            return min(distance, position - zone.begin, zone.end - position) + distance
        }
        let breaks = [(zone.begin + zone.end) / 2, (zone.begin + point) / 2, (zone.end + point) / 2]
        let positions = [part.begin] + breaks.filter { $0 > part.begin && $0 < part.end }.sorted() + [part.end]
        var integral = 0.0
        for (left, right) in zip(positions, positions.dropFirst()) {
            integral += (right - left) * (covered(left) + covered(right)) / 2
        }
        return part.length - integral / zone.length
    }

    private static func square(_ value: Double) -> Double { value * value }
}
