public import OutlierCore

/// The detectors that ``Automatic`` chose, and why.
public struct FittedAutomatic: Reasoned, MissingTolerant, CategoryTolerant {
    /// A fitted detector, its scale, and what it counts.
    struct Member: Sendable {
        let name: String
        let model: any FittedDetector
        let scale: TailScale
        let weight: Double
    }

    public let featureCount: Int
    let preparation: PreprocessingSteps
    let members: [Member]
    let learner: Member?
    /// Brings the candidates' mean to the scale of the learner; `nil` where there were no labels.
    let combinedScale: TailScale?
    public let reasons: Value

    init(
        featureCount: Int, preparation: PreprocessingSteps, members: [Member], learner: Member?,
        combinedScale: TailScale?,
        reasons: Value
    ) {
        self.featureCount = featureCount
        self.preparation = preparation
        self.members = members
        self.learner = learner
        self.combinedScale = combinedScale
        self.reasons = reasons
    }

    /// What the first preprocessor takes, or where there is none, every detector.
    public var takes: RowTraits {
        let detectors = RowTraits.common(to: (members + (learner.map { [$0] } ?? [])).map(\.model.takes))
        return preparation.stages.first?.fitted.takes ?? detectors
    }

    public var reasonsText: String { Reasons.text(of: reasons) }

    public func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
        let prepared = try preparation.apply(to: data, execution: execution)
        let values = try members.map { member in
            // Where nothing learns from it, what does not count need not be computed.
            member.weight > 0 || learner != nil
                ? member.scale.values(of: try member.model.scores(of: prepared, execution: execution).values)
                : [Double](repeating: 0, count: data.rowCount)
        }
        let learned = try learner.map { learner in
            let features = try Selection.features(
                of: prepared, scores: zip(members, values).map { ($0.name, $1) })
            return learner.scale.values(of: try learner.model.scores(of: features, execution: execution).values)
        }
        return combine(values, learned: learned)
    }

    /// - Parameters:
    ///   - values: for each member, its scores on the common scale.
    ///   - learned: those of the learner.
    func combine(_ values: [[Double]], learned: [Double]?) -> [Double] {
        var combined = LabelEvidence.mean(values, weights: members.map(\.weight))
        guard let combinedScale else { return combined }
        combined = combinedScale.values(of: combined)
        guard let learned, let weight = learner?.weight else { return combined }
        return zip(combined, learned).map { (1 - weight) * $0 + weight * $1 }
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(featureCount, as: "feature-count")
        archive.store(reasons, as: "reasons")
        var child = ModelArchive()
        try preparation.encode(to: &child)
        archive.store(child, as: "preparation")
        let all = members + (learner.map { [$0] } ?? [])
        archive.store(.array(all.map { .string($0.name) }), as: "members")
        archive.store(all.map(\.weight), as: "weights")
        archive.store(.boolean(learner != nil), as: "has-learner")
        for (index, member) in all.enumerated() {
            var child = ModelArchive()
            try child.store(member.model, as: "model")
            member.scale.encode(to: &child)
            archive.store(child, as: "member-\(index)")
        }
        archive.store(.boolean(combinedScale != nil), as: "has-labels")
        if let combinedScale {
            var child = ModelArchive()
            combinedScale.encode(to: &child)
            archive.store(child, as: "combined")
        }
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let featureCount = try archive.columnCount("feature-count")
        self.featureCount = featureCount
        reasons = try archive.value("reasons")
        preparation = try PreprocessingSteps(
            from: archive.child("preparation"), featureCount: featureCount, registry: registry)
        guard let names = try archive.value("members").array?.compactMap(\.string), !names.isEmpty,
            let hasLearner = try archive.value("has-learner").bool,
            let hasLabels = try archive.value("has-labels").bool
        else { throw OutlierError(.invalidModel, "the model has no members") }
        let weights = try archive.doubles("weights", count: names.count)
        guard weights.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
            throw OutlierError(.invalidModel, "a weight is not between 0 and 1")
        }
        var all = try names.enumerated().map { index, name in
            let child = try archive.child("member-\(index)")
            return Member(
                name: name, model: try registry.loadDetector(name, from: child.child("model")),
                scale: try TailScale(from: child), weight: weights[index])
        }
        learner = hasLearner ? all.removeLast() : nil
        members = all
        combinedScale = hasLabels ? try TailScale(from: archive.child("combined")) : nil
        let width = members.first?.model.featureCount
        guard let width, members.allSatisfy({ $0.model.featureCount == width }),
            learner.map({ $0.model.featureCount == width + members.count }) ?? true,
            !preparation.stages.isEmpty || width == preparation.columns.count
        else { throw OutlierError(.invalidModel, "a member's columns are not those of the model") }
    }
}
