public import OutlierCore

/// The fitted members of ``Ensemble`` or ``FeatureBagging``.
public struct FittedEnsemble: FittedDetector {
    public let featureCount: Int
    private(set) var members: [Member]
    let combiner: ScoreCombiner

    init(featureCount: Int, members: [Member], combiner: ScoreCombiner) {
        self.featureCount = featureCount
        self.members = members
        self.combiner = combiner
    }

    /// What every member takes.
    public var takes: RowTraits { RowTraits.common(to: members.map(\.model.takes)) }

    public var updateObstacle: OutlierError? { members.lazy.compactMap(\.updateObstacle).first }

    /// Every member learns from the rows; how their scores are normalized and combined stays as it was fitted.
    public mutating func updateParts(with data: Dataset, context: FitContext) throws {
        for index in members.indices { try members[index].learn(data, context: context.part(index)) }
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        combiner.combine(try members.map { try $0.scores(of: data, execution: execution) })
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "columns")
        combiner.encode(to: &archive)
        try Member.encode(members, to: &archive)
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        featureCount = try archive.columnCount("columns")
        members = try Member.decode(from: archive, registry: registry, columnCount: featureCount)
        combiner = try ScoreCombiner(from: archive, memberCount: members.count)
    }
}
