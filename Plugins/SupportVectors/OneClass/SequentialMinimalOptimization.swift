internal import CKernels
internal import OutlierCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Solves a ``OneClassProblem``: two variables a step, chosen by second-order information (Fan, Chen and Lin, 2005),
/// with shrinking and a bounded cache of kernel rows.
///
/// The steps read kernel rows in `Float`. Whenever they find no violating pair any more, the gradient of every row,
/// the shrunk ones too, is brought up to date in `Double` from the variables that have changed, and the search goes on
/// if that shows a violation. So neither rounding nor shrinking costs accuracy.
///
/// No result depends on the number of threads: kernel rows and gradients are computed element by element, and of
/// equally good variables the one of the least index is chosen.
final class SequentialMinimalOptimization {
    private let problem: OneClassProblem
    private let function: outlier_sv_kernel
    private let rowCount: Int
    private let cache: KernelRowCache

    /// By row of the table.
    private var alpha: [Double]
    /// The gradient of every row at `knownAlpha`.
    private var knownGradient: [Double]
    private var knownAlpha: [Double]

    /// The rows that take part in the search, ascending, and what belongs to each of them, in the same order.
    private var active: [Int32]
    private var panels: PointPanels
    private let gradient: Storage<Double>
    private let diagonal: Storage<Float>
    private let status: Storage<UInt8>

    /// What each block of a pass found.
    private let extremes: Storage<outlier_smo_extremes>
    private let partners: Storage<outlier_smo_partner>
    private static let maximumBlocks = 256

    private var steps = 0

    init(_ problem: OneClassProblem, start: OneClassSolution) {
        self.problem = problem
        function = problem.function.native
        rowCount = problem.rows.count
        cache = KernelRowCache(points: rowCount, bytes: problem.cacheBytes)
        alpha = start.alpha
        knownAlpha = start.alpha
        knownGradient = start.gradient
        active = (0..<Int32(rowCount)).map { $0 }
        panels = PointPanels(problem.rows, indices: active)
        let padded = PointPanels.padded(rowCount)
        gradient = Storage(padded, repeating: 0)
        diagonal = Storage(padded, repeating: 0)
        status = Storage(padded, repeating: 0)
        extremes = Storage(
            Self.maximumBlocks, repeating: outlier_smo_extremes(least: 0, largest: 0, least_index: -1))
        partners = Storage(Self.maximumBlocks, repeating: outlier_smo_partner(gain: 0, index: -1))
    }

    func solve() throws -> OneClassSolution {
        // libsvm's bound: a problem that needs more is so badly scaled that more would not help.
        let maximumSteps = max(10_000_000, rowCount.multipliedReportingOverflow(by: 100).partialValue)
        let interval = min(rowCount, 1000)
        var rounds = 0
        activateAll()
        while true {
            var extremes = try update(nil, 0)
            let initialViolation = violation(extremes)
            var untilShrinking = interval
            while violation(extremes) > problem.tolerance && steps < maximumSteps {
                steps += 1
                if steps & 255 == 0 {
                    try problem.context.checkCancellation()
                    report(violation(extremes), from: initialViolation)
                }
                untilShrinking -= 1
                if untilShrinking == 0 {
                    untilShrinking = interval
                    if problem.shrinking && rounds < 5 && shrink(extremes) { extremes = try update(nil, 0) }
                }
                guard let stepped = try step(extremes) else { break }
                extremes = stepped
            }
            try refreshGradient()
            activateAll()
            rounds += 1
            // Each round starts from an exact gradient; what twenty of them leave is below what numbers can tell.
            if violation(try update(nil, 0)) <= problem.tolerance || rounds == 20 || steps >= maximumSteps { break }
        }
        return OneClassSolution(alpha: alpha, gradient: knownGradient)
    }

    private func violation(_ extremes: outlier_smo_extremes) -> Double {
        extremes.least_index < 0 ? -.infinity : extremes.largest - extremes.least
    }

    private func report(_ violation: Double, from initial: Double) {
        let wanted = log(initial / problem.tolerance)
        let done = wanted > 0 ? log(initial / max(violation, problem.tolerance)) / wanted : 1
        problem.context.report(0.2 + 0.8 * done, stage: "optimizing", loss: violation)
    }

    // MARK: One step

    /// Moves weight from one variable to another, or returns `nil` where no pair violates.
    private func step(_ current: outlier_smo_extremes) throws -> outlier_smo_extremes? {
        let grown = Int(current.least_index)
        guard let (rowOfGrown, partner) = try partner(of: grown, gradient: current.least) else { return nil }
        let growing = Int(active[grown])
        let shrinking = Int(active[partner])
        let curvature = Double(diagonal[grown]) + Double(diagonal[partner]) - 2 * Double(rowOfGrown[partner])
        var change = (gradient[partner] - gradient[grown]) / max(curvature, 1e-12)
        let bound = problem.bounds[growing]
        let room = bound - alpha[growing]
        let stock = alpha[shrinking]
        change = min(change, room, stock)
        let moved = change == room ? bound : alpha[growing] + change
        // A step too small for the variable to show it means that rounding is all that is left.
        if moved == alpha[growing] { return nil }
        alpha[growing] = moved
        alpha[shrinking] = change == stock ? 0 : stock - change
        setStatus(grown)
        setStatus(partner)
        return try update((partner, rowOfGrown), change)
    }

    private func setStatus(_ position: Int) {
        let row = Int(active[position])
        let value = alpha[row]
        status[position] =
            (value < problem.bounds[row] ? UInt8(OUTLIER_SMO_CAN_GROW.rawValue) : 0)
            | (value > 0 ? UInt8(OUTLIER_SMO_CAN_SHRINK.rawValue) : 0)
    }

    /// The kernel row of the active variable at `position`, and the variable that goes best with it.
    private func partner(
        of position: Int, gradient least: Double
    ) throws -> (row: UnsafeMutablePointer<Float>, partner: Int)? {
        let (values, isMissing) = cache.row(of: Int(active[position]))
        let source = problem.rows.row(Int(active[position]))
        let row = SharedPointer(values)
        let point = SharedPointer(UnsafeMutablePointer(mutating: source))
        let ownDiagonal = diagonal[position]
        let (panels, function, gradient, diagonal, status, partners) =
            (panels, function, gradient, diagonal, status, partners)
        let blocks = try eachBlock(computesRow: isMissing) { block, range in
            if isMissing {
                panels.kernelRow(
                    point.pointer, function: function,
                    panels: range.lowerBound / PointPanels.lanes..<range.upperBound / PointPanels.lanes,
                    into: row.pointer)
            }
            let start = range.lowerBound
            outlier_smo_select(
                gradient.pointer + start, row.pointer + start, diagonal.pointer + start, status.pointer + start,
                Int64(range.count), least, ownDiagonal, partners.pointer + block)
            if partners[block].index >= 0 { partners.pointer[block].index += Int64(start) }
        }
        var best = partners[0]
        for block in 1..<max(1, blocks) where partners[block].gain > best.gain { best = partners[block] }
        return best.index < 0 ? nil : (values, Int(best.index))
    }

    /// Brings the gradient up to date after weight has moved, and finds the extremes.
    private func update(
        _ pair: (shrunk: Int, grown: UnsafeMutablePointer<Float>)?, _ change: Double
    ) throws -> outlier_smo_extremes {
        let (panels, function, gradient, status, extremes) = (panels, function, gradient, status, extremes)
        let blocks: Int
        if let pair {
            let point = Int(active[pair.shrunk])
            let (values, isMissing) = cache.row(of: point)
            let shrunk = SharedPointer(values)
            let grown = SharedPointer(pair.grown)
            let source = SharedPointer(UnsafeMutablePointer(mutating: problem.rows.row(point)))
            blocks = try eachBlock(computesRow: isMissing) { block, range in
                if isMissing {
                    panels.kernelRow(
                        source.pointer, function: function,
                        panels: range.lowerBound / PointPanels.lanes..<range.upperBound / PointPanels.lanes,
                        into: shrunk.pointer)
                }
                let start = range.lowerBound
                outlier_smo_update(
                    gradient.pointer + start, grown.pointer + start, shrunk.pointer + start, change,
                    status.pointer + start, Int64(range.count), extremes.pointer + block)
                if extremes[block].least_index >= 0 { extremes.pointer[block].least_index += Int64(start) }
            }
        } else {
            blocks = try eachBlock(computesRow: false) { block, range in
                let start = range.lowerBound
                outlier_smo_update(
                    gradient.pointer + start, nil, nil, 0, status.pointer + start, Int64(range.count),
                    extremes.pointer + block)
                if extremes[block].least_index >= 0 { extremes.pointer[block].least_index += Int64(start) }
            }
        }
        var best = extremes[0]
        for block in 1..<max(1, blocks) {
            let other = extremes[block]
            if other.least < best.least {
                best.least = other.least
                best.least_index = other.least_index
            }
            best.largest = max(best.largest, other.largest)
        }
        return best
    }

    /// Calls `body` with ranges that cover the active variables: one range where the work is too little to be shared.
    private func eachBlock(
        computesRow: Bool, _ body: @Sendable (_ block: Int, _ range: Range<Int>) -> Void
    ) throws -> Int {
        let count = PointPanels.padded(active.count)
        let execution = problem.context.execution
        // In nanoseconds or thereabouts; waking another thread costs ten thousand.
        let work = computesRow ? count * (problem.rows.columns + 10) / 10 : count / 3
        guard execution.threads > 1, work > 50_000 else {
            body(0, 0..<count)
            return 1
        }
        let blocks = min(Self.maximumBlocks, 2 * execution.threads, count / PointPanels.lanes)
        let size = PointPanels.padded((count + blocks - 1) / blocks)
        try execution.forEachBlock(of: count, size: size) { range in body(range.lowerBound / size, range) }
        return (count + size - 1) / size
    }

    // MARK: Shrinking

    /// Leaves out the variables at a bound that the extremes say will stay there. Returns whether there were enough.
    private func shrink(_ extremes: outlier_smo_extremes) -> Bool {
        var kept: [Int32] = []
        for position in active.indices {
            let row = Int(active[position])
            let value = alpha[row]
            let slope = gradient[position]
            let stays =
                (value >= problem.bounds[row] && slope < extremes.least) || (value <= 0 && slope > extremes.largest)
            if !stays { kept.append(Int32(position)) }
        }
        guard kept.count >= 2, kept.count < active.count - active.count / 10 else { return false }
        for (target, source) in kept.enumerated() {
            active[target] = active[Int(source)]
            gradient[target] = gradient[Int(source)]
            diagonal[target] = diagonal[Int(source)]
            status[target] = status[Int(source)]
        }
        active.removeLast(active.count - kept.count)
        for pad in kept.count..<PointPanels.padded(kept.count) { status[pad] = 0 }
        panels = PointPanels(problem.rows, indices: active)
        cache.compact(kept)
        return true
    }

    /// Lets every variable take part, with the gradient last known.
    private func activateAll() {
        if active.count < rowCount || steps == 0 {
            active = (0..<Int32(rowCount)).map { $0 }
            if steps > 0 {
                panels = PointPanels(problem.rows, indices: active)
                cache.reset(stride: PointPanels.padded(rowCount))
            }
        }
        for row in 0..<rowCount {
            gradient[row] = knownGradient[row]
            diagonal[row] = Float(problem.diagonal[row])
            setStatus(row)
        }
        for pad in rowCount..<PointPanels.padded(rowCount) { status[pad] = 0 }
    }

    /// Computes the gradient of every row at the present variables, from those that have changed since it was known.
    private func refreshGradient() throws {
        let changed = alpha.indices.filter { alpha[$0] != knownAlpha[$0] }
        if changed.isEmpty { return }
        let panels = PointPanels(
            problem.rows, indices: changed.map(Int32.init), weights: changed.map { alpha[$0] - knownAlpha[$0] })
        let difference = try panels.weightedSums(
            problem.rows, function: function, execution: problem.context.execution)
        for row in 0..<rowCount { knownGradient[row] += difference[row] }
        knownAlpha = alpha
    }
}

/// A pointer that several threads may use, each its own part of the memory.
struct SharedPointer<Element>: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Element>

    init(_ pointer: UnsafeMutablePointer<Element>) { self.pointer = pointer }
}
