public import OutlierCore

/// Fitted detectors, and what has learnt from their scores and from labels.
public struct FittedScoresAsFeatures: FittedDetector {
    /// A fitted detector and the name under which the registry loads it.
    struct Member: Sendable {
        let name: String
        let model: any FittedDetector
    }

    public let featureCount: Int
    let keepsColumns: Bool
    let members: [Member]
    let learner: Member
    /// The detectors whose scores the learner looks at, in the order of their columns.
    public var memberNames: [String] { members.map(\.name) }

    init(featureCount: Int, keepsColumns: Bool, members: [Member], learner: Member) {
        self.featureCount = featureCount
        self.keepsColumns = keepsColumns
        self.members = members
        self.learner = learner
    }

    /// What every member takes, and the learner where it sees the columns.
    public var takes: RowTraits {
        RowTraits.common(to: (members + (keepsColumns ? [learner] : [])).map(\.model.takes))
    }

    /// What the learner looks at: the columns, if it does, and the scores.
    static func features(
        of data: Dataset, scores: [(name: String, values: [Double])], keepsColumns: Bool
    ) throws -> Dataset {
        // Trees cut between values: one that is infinite must be a number, and stays the largest.
        let scores = scores.map { name, values in
            (
                name: "\(name) score",
                values: values.map { min(max($0, -Double.greatestFiniteMagnitude), .greatestFiniteMagnitude) }
            )
        }
        let base = keepsColumns ? data : try data.selectingColumns([])
        return try base.appendingColumns(scores)
    }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let scores = try members.map {
            (name: $0.name, values: try $0.model.scores(of: data, execution: execution).values)
        }
        return try learner.model.scores(
            of: Self.features(of: data, scores: scores, keepsColumns: keepsColumns), execution: execution
        ).values
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "feature-count")
        archive.store(.boolean(keepsColumns), as: "columns")
        archive.store(.array((members + [learner]).map { .string($0.name) }), as: "members")
        for (index, member) in (members + [learner]).enumerated() {
            try archive.store(member.model, as: "member-\(index)")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("feature-count")
        guard let keepsColumns = try archive.value("columns").bool,
            let names = try archive.value("members").array?.compactMap(\.string), !names.isEmpty
        else { throw OutlierError(.invalidModel, "the model has no members") }
        var members = try names.enumerated().map { index, name in
            Member(name: name, model: try registry.loadDetector(name, from: archive.child("member-\(index)")))
        }
        learner = members.removeLast()
        guard members.allSatisfy({ $0.model.featureCount == featureCount }),
            learner.model.featureCount == members.count + (keepsColumns ? featureCount : 0)
        else { throw OutlierError(.invalidModel, "a member's columns are not those of the model") }
        self.featureCount = featureCount
        self.keepsColumns = keepsColumns
        self.members = members
    }
}
