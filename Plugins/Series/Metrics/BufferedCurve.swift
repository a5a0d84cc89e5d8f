#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The curves of Paparrizos et al. (2022): true anomalies get a buffer on both sides, in which an alarm counts the less
/// the further away it is, and a share of events that were met weighs the recall.
///
/// The scores are sorted into the cutoffs once; a buffer then costs as much as there are points in it.
struct BufferedCurve {
    /// The areas under the curves of one buffer length.
    struct Areas {
        var receiverOperating: Double
        var precisionRecall: Double
    }

    private let count: Int
    private let positives: Double
    private let events: [Range<Int>]
    private let truth: [Bool]
    /// For each point the first cutoff at which it is an alarm.
    private let firstCutoff: [Int]
    /// For each cutoff the number of alarms.
    private let alarms: [Double]

    /// - Parameters:
    ///   - scores: one a point, none `NaN`.
    ///   - cutoffs: how many scores, evenly spaced by rank, are cutoffs; at least 2.
    init(scores: [Double], truth: [Bool], events: [Range<Int>], cutoffs: Int) {
        let count = scores.count
        self.count = count
        positives = Double(events.reduce(0) { $0 + $1.count })
        self.events = events
        self.truth = truth
        let sorted = scores.sorted(by: >)
        let step = Double(count - 1) / Double(cutoffs - 1)
        let levels = (0..<cutoffs).map { sorted[$0 == cutoffs - 1 ? count - 1 : Int(Double($0) * step)] }
        var alarms = [Double](repeating: 0, count: cutoffs)
        var firstCutoff: [Int] = []
        firstCutoff.reserveCapacity(count)
        for score in scores {
            // Levels fall: the first that is at most the score.
            var low = 0
            var high = cutoffs - 1
            while low < high {
                let middle = (low + high) / 2
                if levels[middle] <= score { high = middle } else { low = middle + 1 }
            }
            alarms[low] += 1
            firstCutoff.append(low)
        }
        self.firstCutoff = firstCutoff
        for index in 1..<cutoffs { alarms[index] += alarms[index - 1] }
        self.alarms = alarms
    }

    /// The areas for a buffer of `length`, half of it on each side of an event.
    func areas(length: Int) -> Areas {
        let half = length / 2
        // The buffers: what each point near an event counts.
        var weights = [Double](repeating: 0, count: count)
        var touched: [Int] = []
        func add(_ point: Int, distance: Int) {
            if weights[point] == 0 { touched.append(point) }
            weights[point] += (1 - Double(distance) / Double(length)).squareRoot()
        }
        for event in events {
            let begin = event.lowerBound
            let end = event.upperBound - 1
            for point in event.upperBound..<max(event.upperBound, min(end + half + 1, count)) where !truth[point] {
                add(point, distance: point - end)
            }
            for point in max(begin - half, 0)..<begin where !truth[point] {
                add(point, distance: begin - point)
            }
        }
        // Events whose buffers meet are met as one.
        var groups: [Range<Int>] = []
        for event in events {
            let widened = max(0, event.lowerBound - half)..<min(count, event.upperBound + half)
            if let last = groups.last, last.upperBound > event.lowerBound - half {
                groups[groups.count - 1] = last.lowerBound..<widened.upperBound
            } else {
                groups.append(widened)
            }
        }
        let cutoffs = alarms.count
        var gained = [Double](repeating: 0, count: cutoffs)
        var buffered = gained
        var met = gained
        for event in events { for point in event { gained[firstCutoff[point]] += 1 } }
        for point in touched {
            let counted = min(1, weights[point])
            gained[firstCutoff[point]] += counted
            buffered[firstCutoff[point]] += counted
        }
        for group in groups {
            if let first = group.lazy.map({ firstCutoff[$0] }).min() { met[first] += 1 }
        }
        var truePositives = 0.0
        var inBuffers = 0.0
        var metEvents = 0.0
        var areas = Areas(receiverOperating: 0, precisionRecall: 0)
        var lastRecall = 0.0
        var lastFalse = 0.0
        for cutoff in 0..<cutoffs {
            truePositives += gained[cutoff]
            inBuffers += buffered[cutoff]
            metEvents += met[cutoff]
            let expected = (2 * positives + inBuffers) / 2
            let recall = min(truePositives / expected, 1) * metEvents / Double(groups.count)
            let falseShare = (alarms[cutoff] - truePositives) / (Double(count) - expected)
            areas.receiverOperating += (falseShare - lastFalse) * (recall + lastRecall) / 2
            areas.precisionRecall += (recall - lastRecall) * truePositives / alarms[cutoff]
            lastRecall = recall
            lastFalse = falseShare
        }
        areas.receiverOperating += (1 - lastFalse) * (1 + lastRecall) / 2
        return areas
    }

    /// The mean areas over all buffer lengths of 0...`longest`: the volumes under the surface.
    func volumes(longest: Int) -> Areas {
        var sum = Areas(receiverOperating: 0, precisionRecall: 0)
        for length in 0...longest {
            let areas = areas(length: length)
            sum.receiverOperating += areas.receiverOperating
            sum.precisionRecall += areas.precisionRecall
        }
        let lengths = Double(longest + 1)
        return Areas(
            receiverOperating: sum.receiverOperating / lengths, precisionRecall: sum.precisionRecall / lengths)
    }
}
