import OutlierCore

extension DetectorConformance.Run {
    /// What models that learn from further rows promise; those that do not must say so.
    mutating func update(_ detector: some Detector, _ data: Dataset) {
        attempt("a model that learns from further rows") { run in
            let context = FitContext(seed: 7, execution: Execution(threads: 1))
            let model = try Pipeline(detector: detector).fit(data, context: context)
            let before = try model.scores(of: data).values
            if let obstacle = model.updateObstacle {
                run.expect(obstacle.code == .notUpdatable, "what keeps it from learning has another code")
                run.expect(obstacle.component != nil, "what keeps it from learning does not name the part")
                return
            }
            let further = data.rows(0..<max(1, data.rowCount / 2))
            let updated = try model.updated(with: further, context: context)
            let after = try updated.scores(of: data).values
            run.expect(after.allSatisfy { !$0.isNaN }, "a score is NaN after learning")
            run.expect(try model.scores(of: data).values == before, "learning changes a model that somebody else has")
            let threaded = try model.updated(
                with: further, context: FitContext(seed: 7, execution: Execution(threads: 3)))
            run.expect(try threaded.scores(of: data).values == after, "what is learnt depends on the number of threads")
            var archive = ModelArchive()
            try model.encode(to: &archive)
            let loaded = try FittedPipeline(from: archive, registry: run.registry)
            run.expect(
                try loaded.updated(with: further, context: context).scores(of: data).values == after,
                "a loaded model learns something else")
            var live = try Live(model, context: context)
            try live.learn(further)
            run.expect(try live.score(data).values == after, "learning in place is not as learning by a copy")
            try live.learn(further.rows(0..<0))
            run.expect(try live.score(data).values == after, "no rows change the model")
            for row in 0..<min(5, data.rowCount) { try live.learn(data.rows(row..<row + 1)) }
            run.expect(try live.score(data).allSatisfy { !$0.isNaN }, "a score is NaN after single rows")
            try live.restore(model)
            run.expect(try live.score(data).values == before, "a snapshot was changed")
        }
    }
}
