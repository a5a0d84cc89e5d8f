internal import Distances
public import OutlierCore

/// How far a row is from the chain of its neighbours, against how far these are from the chains of theirs.
///
/// A chain connects x and its k nearest rows: it begins with x, and each step adds a row at some cost e₁, e₂, …, eₖ. The
/// average chaining distance is ac(x) = Σᵢ 2 (k + 1 - i) / (k (k + 1)) · eᵢ, in which early steps weigh more, and the
/// score is ac(x) over the mean of ac(o) for the k nearest rows o. About 1 within a pattern, a line for instance; the
/// higher, the more anomalous.
///
/// - `chain: set-based` is the paper's: each step adds the row that is nearest to the set so far, at that distance.
/// - `chain: distance-order` is PyOD's: rows are added in the order of their distance from x, at their distance from the
///   set so far.
///
/// 10⁻¹⁰ is added to both distances, so that rows among copies of themselves score 1 (PyOD: 0). PyOD measures new rows
/// among themselves; here their neighbours are rows of the fit. A row of the fit does not count itself. With fewer than
/// k + 1 rows, all others are neighbours.
///
/// For n rows of d columns, beyond the search of neighbours (see ``KNearestNeighbors``): O(n k² d) steps; memory
/// O(n (d + k)).
///
/// J. Tang, Z. Chen, A. W. Fu, D. W. Cheung: Enhancing effectiveness of outlier detections for low density patterns (2002).
///
/// - Throws: `OutlierError` with the code `notEnoughRows` where there is one row only.
public struct ConnectivityBasedOutlierFactor: Detector {
    /// In which order a chain takes its rows.
    public enum Chain: String, CaseIterable, Sendable {
        /// The nearest to the set so far comes next.
        case setBased = "set-based"
        /// The nearest to the row itself comes next.
        case distanceOrder = "distance-order"
    }

    public static let name = "cof"
    public static let aliases = ["connectivity-based-outlier-factor"]
    public static let summary = "How far a row is from the chain of its neighbours, against theirs."
    public static let reference: String? =
        "Tang, Chen, Fu, Cheung: Enhancing effectiveness of outlier detections for low density patterns, 2002"

    /// How many neighbours make a chain.
    public var neighbors: Int
    public var chain: Chain

    public init(neighbors: Int = 20, chain: Chain = .setBased) {
        self.neighbors = neighbors
        self.chain = chain
    }

    public init() { self.init(neighbors: 20) }

    public static var parameters: [Parameter<ConnectivityBasedOutlierFactor>] {
        [
            .integer("neighbors", \.neighbors, in: .atLeast(1), "How many neighbours make a chain."),
            .choice("chain", \.chain, "In which order a chain takes its rows: the paper's, or PyOD's."),
        ]
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedConnectivityBasedOutlierFactor {
        try trainAndScore(on: data, context: context).model
    }

    public func trainAndScore(
        on data: Dataset, context: FitContext
    ) throws -> (model: FittedConnectivityBasedOutlierFactor, scores: [Double]) {
        let count = try ReferenceRows.clamped(neighbors, rowCount: data.rowCount)
        try context.checkCancellation()
        let scale = try SafeScale.factor(for: data.matrix)
        let points = SafeScale.multiply(data.matrix, by: scale)
        let rows = try ReferenceRows(points, execution: context.execution)
        let table = try rows.neighborsOfPoints(count, context: context)
        var model = FittedConnectivityBasedOutlierFactor(
            rows: rows, scale: scale, chainings: [], neighbors: count, chain: chain)
        model.chainings = try model.chainings(of: points, table, execution: context.execution)
        return (model, model.factors(table, chainings: model.chainings))
    }
}

/// What ``ConnectivityBasedOutlierFactor`` learns: the rows of the fit and their average chaining distances.
public struct FittedConnectivityBasedOutlierFactor: FittedDetector {
    /// Multiplied by `scale`.
    let rows: ReferenceRows
    let scale: Double
    /// For each row of the fit its average chaining distance.
    var chainings: [Double]
    let neighbors: Int
    let chain: ConnectivityBasedOutlierFactor.Chain

    init(
        rows: ReferenceRows, scale: Double, chainings: [Double], neighbors: Int,
        chain: ConnectivityBasedOutlierFactor.Chain
    ) {
        self.rows = rows
        self.scale = scale
        self.chainings = chainings
        self.neighbors = neighbors
        self.chain = chain
    }

    public var featureCount: Int { rows.columnCount }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let scaled = SafeScale.multiply(data.matrix, by: scale)
        let table = try rows.search.neighbors(of: scaled, count: neighbors, execution: execution)
        return factors(table, chainings: try chainings(of: scaled, table, execution: execution))
    }

    /// The average chaining distances of the rows of `matrix`, whose neighbours `table` holds.
    func chainings(of matrix: Matrix, _ table: NeighborTable, execution: Execution) throws -> [Double] {
        let width = matrix.columnCount
        let count = table.neighborCount
        return try rows.points.withUnsafeBufferPointer { points in
            let points = SharedReadBuffer(points)
            return try execution.map(matrix.rowCount, blockSize: 256) { range, result in
                // For each row that is not in the chain yet its squared distance to the chain.
                var gaps = [Double](repeating: 0, count: count)
                var members = [Int](repeating: 0, count: count)
                for row in range {
                    for (offset, position) in table.range(of: row).enumerated() {
                        gaps[offset] = table.distances[position]
                        members[offset] = Int(table.indices[position])
                    }
                    var sum = 0.0
                    for step in 0..<count {
                        if chain == .setBased {
                            var nearest = step
                            for other in step..<count where gaps[other] < gaps[nearest] { nearest = other }
                            gaps.swapAt(step, nearest)
                            members.swapAt(step, nearest)
                        }
                        sum += 2 * Double(count - step) / Double(count * (count + 1)) * gaps[step]
                        let added = members[step] * width
                        for other in step + 1..<max(step + 1, count) {
                            var square = 0.0
                            let start = members[other] * width
                            for column in 0..<width {
                                let difference = points.buffer[added + column] - points.buffer[start + column]
                                square += difference * difference
                            }
                            gaps[other] = min(gaps[other], square.squareRoot())
                        }
                    }
                    result[row - range.lowerBound] = sum
                }
            }
        }
    }

    /// - Parameter own: the average chaining distances of the rows of `table`.
    func factors(_ table: NeighborTable, chainings own: [Double]) -> [Double] {
        let floor = 1e-10 * scale
        return (0..<table.rowCount).map { row in
            var sum = 0.0
            for position in table.range(of: row) {
                sum += chainings[Int(table.indices[position])] / Double(table.neighborCount)
            }
            return (own[row] + floor) / (sum + floor)
        }
    }

    public func encode(to archive: inout ModelArchive) throws {
        rows.encode(to: &archive)
        archive.store([scale], as: "scale")
        archive.store(chainings, as: "chainings")
        archive.store(neighbors, as: "neighbors")
        archive.store(chain.rawValue, as: "chain")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let rows = try ReferenceRows(from: archive)
        guard let chain = ConnectivityBasedOutlierFactor.Chain(rawValue: try archive.string("chain")) else {
            throw OutlierError(.invalidModel, "the model has an unknown chain")
        }
        let chainings = try archive.nonNegatives("chainings", count: rows.rowCount)
        guard chainings.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the model has an infinite chaining distance")
        }
        self.init(
            rows: rows, scale: try archive.scale(), chainings: chainings,
            neighbors: try archive.integer("neighbors", in: 1...rows.rowCount), chain: chain)
    }
}

extension ModelArchive {
    /// What the values of the fit were multiplied by.
    func scale() throws -> Double {
        let scale = try doubles("scale", count: 1)[0]
        guard scale > 0, scale.isFinite else { throw OutlierError(.invalidModel, "the model's scale is not positive") }
        return scale
    }
}
