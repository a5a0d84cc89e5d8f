internal import OutlierCore

/// What a checkpoint must belong to.
struct TrainingIdentity {
    let table: UInt64
    let seed: UInt64
    let settings: String
}

/// Writes checkpoints when they are due and reads the one to go on from.
struct CheckpointKeeper {
    private let checkpoints: Checkpoints?
    private let identity: TrainingIdentity?
    private var last = ContinuousClock.now

    init(_ checkpoints: Checkpoints?, identity: () -> TrainingIdentity) {
        self.checkpoints = checkpoints
        self.identity = checkpoints.map { _ in identity() }
    }

    /// Whether the time between two checkpoints is over.
    var isDue: Bool {
        guard let checkpoints else { return false }
        return ContinuousClock.now - last >= .seconds(checkpoints.interval)
    }

    mutating func write(_ encode: (inout ModelArchive) -> Void) throws {
        guard let checkpoints, let identity else { return }
        var archive = ModelArchive()
        archive.store("training", as: "checkpoint")
        archive.store(String(identity.table), as: "table")
        archive.store(String(identity.seed), as: "seed")
        archive.store(identity.settings, as: "settings")
        encode(&archive)
        try checkpoints.write(archive)
        last = .now
    }

    /// - Throws: ``OutlierError/Code/invalidModel`` where the file is no checkpoint of this training.
    func read() throws -> ModelArchive? {
        guard let checkpoints, let identity, let archive = try checkpoints.read() else { return nil }
        func expect(_ name: String, _ value: String, _ what: String) throws {
            guard (try? archive.string(name)) == value else {
                throw OutlierError(
                    .invalidModel, "the checkpoint belongs to another training: \(what)",
                    suggestion:
                        "Go on with the configuration and the table it was begun with, or begin anew without --resume.",
                    location: OutlierError.Location(file: checkpoints.path))
            }
        }
        do {
            try expect("checkpoint", "training", "it is no checkpoint")
            try expect("seed", String(identity.seed), "the seed differs")
            try expect("settings", identity.settings, "the settings differ")
            try expect("table", String(identity.table), "the table differs")
        }
        return archive
    }
}
