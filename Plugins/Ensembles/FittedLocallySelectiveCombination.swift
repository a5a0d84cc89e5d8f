public import OutlierCore

/// The fitted members of ``LocallySelectiveCombination`` and what is known of their competence.
public struct FittedLocallySelectiveCombination: FittedDetector {
    let members: [Member]
    let regions: LocalRegions
    let competence: Competence

    public var featureCount: Int { regions.rows.columnCount }

    init(members: [Member], regions: LocalRegions, competence: Competence) {
        self.members = members
        self.regions = regions
        self.competence = competence
    }

    /// What every member takes, but that distances need numbers.
    public var takes: RowTraits {
        RowTraits.common(to: members.map(\.model.takes)).subtracting([.missing, .categories])
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let scores = try members.map { try $0.scores(of: data, execution: execution) }
        return try combine(scores, of: data.matrix, execution: execution)
    }

    /// - Parameter scores: for each member, its normalized scores of the rows.
    func combine(
        _ scores: [[Double]], of rows: Matrix, execution: Execution, progress: (Double) -> Void = { _ in }
    ) throws -> [Double] {
        var result = [Double](repeating: 0, count: rows.rowCount)
        try result.withUnsafeMutableBufferPointer { result in
            let result = SharedBuffer(result)
            try regions.forEach(of: rows, execution: execution, progress: progress) { row, region in
                let competent = competence.members(in: region)
                result.buffer[row] = competent.reduce(0) { $0 + scores[$1][row] } / Double(competent.count)
            }
        }
        return result
    }

    public func encode(to archive: inout ModelArchive) throws {
        regions.encode(to: &archive)
        try competence.encode(to: &archive)
        try Member.encode(members, to: &archive)
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        regions = try LocalRegions(from: archive)
        members = try Member.decode(from: archive, registry: registry, columnCount: regions.rows.columnCount)
        competence = try Competence(
            from: archive, memberCount: members.count, rowCount: regions.rows.rowCount)
    }
}
