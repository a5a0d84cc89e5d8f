import OutlierCore

/// A fitted detector of an ensemble.
struct Member: Sendable {
    /// The name under which the registry loads the model.
    let name: String
    private(set) var model: any FittedDetector
    /// The columns that it sees; `nil` for all.
    let features: [Int]?
    let normalizer: ScoreNormalizer

    /// Its scores, normalized.
    func scores(of data: Dataset, execution: Execution) throws -> [Double] {
        let seen = try features.map { try data.selectingColumns($0) } ?? data
        do {
            return normalizer.apply(to: try model.scores(of: seen, execution: execution).values)
        } catch var error as OutlierError {
            error.component = error.component ?? name
            throw error
        }
    }

    /// What keeps its model from learning.
    var updateObstacle: OutlierError? {
        guard var obstacle = model.updateObstacle else { return nil }
        obstacle.component = obstacle.component ?? name
        return obstacle
    }

    mutating func learn(_ data: Dataset, context: FitContext) throws {
        let seen = try features.map { try data.selectingColumns($0) } ?? data
        do {
            try model.learn(seen, context: context)
        } catch var error as OutlierError {
            error.component = error.component ?? name
            throw error
        }
    }

    /// Fits a detector and scores its training rows by its own rule for them.
    static func fit(
        _ detector: any Detector, on data: Dataset, features: [Int]? = nil, normalization: ScoreNormalization,
        context: FitContext
    ) throws -> (member: Member, scores: [Double]) {
        let name = detector.recipe.name
        context.report(0, stage: name)
        let seen = try features.map { try data.selectingColumns($0) } ?? data
        let fit = try detector.fitAndScore(seen, context: context)
        let raw = fit.scores.values
        let normalizer = try ScoreNormalizer(normalization, scores: raw, of: name)
        let member = Member(name: name, model: fit.model, features: features, normalizer: normalizer)
        return (member, normalizer.apply(to: raw))
    }

    /// Fits detectors one after the other, each on all threads.
    static func fit(
        _ detectors: [(detector: any Detector, features: [Int]?)], on data: Dataset,
        normalization: ScoreNormalization, context: FitContext
    ) throws -> (members: [Member], scores: [[Double]]) {
        var members: [Member] = []
        var scores: [[Double]] = []
        let count = Double(detectors.count)
        for (index, (detector, features)) in detectors.enumerated() {
            try context.checkCancellation()
            let part = context.part(index, covering: Double(index) / count...Double(index + 1) / count)
            let fitted = try fit(
                detector, on: data, features: features, normalization: normalization, context: part)
            members.append(fitted.member)
            scores.append(fitted.scores)
        }
        return (members, scores)
    }

    // MARK: On disk

    static func encode(_ members: [Member], to archive: inout ModelArchive) throws {
        archive.store(.array(members.map { .string($0.name) }), as: "members")
        for (index, member) in members.enumerated() {
            var child = ModelArchive()
            try child.store(member.model, as: "model")
            if let features = member.features { child.store(features, as: "features") }
            var normalizer = ModelArchive()
            member.normalizer.encode(to: &normalizer)
            child.store(normalizer, as: "normalizer")
            archive.store(child, as: "member-\(index)")
        }
    }

    static func decode(
        from archive: ModelArchive, registry: Registry, columnCount: Int
    ) throws -> [Member] {
        guard let names = try archive.value("members").array?.map(\.string), !names.isEmpty else {
            throw OutlierError(.invalidModel, "the model has no members")
        }
        return try names.enumerated().map { index, name in
            guard let name else { throw OutlierError(.invalidModel, "a member has no name") }
            let child = try archive.child("member-\(index)")
            let features =
                child.hasTensor("features")
                ? try child.integers("features", in: 0...columnCount - 1) : nil
            if let features, Set(features).count != features.count {
                throw OutlierError(.invalidModel, "a member sees a column twice")
            }
            let model = try registry.loadDetector(name, from: child.child("model"))
            guard model.featureCount == features?.count ?? columnCount else {
                throw OutlierError(.invalidModel, "a member's columns are not those of the ensemble")
            }
            return Member(
                name: name, model: model, features: features,
                normalizer: try ScoreNormalizer(from: child.child("normalizer")))
        }
    }
}
