import Neural
import NeuralTesting
import OutlierAutoencoder
import OutlierCore
import Testing

/// Tables of numbers and words.
@Suite struct MixedTests {
    static let settings: [String] = [
        #"{"score": {"lambda": 0}}"#, "{}", #"{"noise": 0.1, "masking": 0.1, "score": {"lambda": 0}}"#,
        #"{"pretraining": {"task": "masked", "epochs": 5}, "loss": "mse", "score": {"lambda": 0}}"#,
        #"{"pretraining": {"task": "contrastive", "epochs": 5}, "loss": "huber", "score": {"lambda": 0}}"#,
    ]

    @Test(arguments: settings)
    func promises(_ json: String) throws {
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try registry.register(AutoencoderPlugin.self)
        let detector = try registry.detector("autoencoder", parameters: Value(json: json))
        func check(_ detector: some Detector) throws -> [String] {
            try MixedPromises.check(detector, registry: registry, areaFloor: 0.85, unknownFloor: 0.8)
        }
        let failures = try check(detector)
        #expect(failures.isEmpty, "\(failures)")
    }

    /// Two categories, of which one has a word that no row of the fit has, and two numbers.
    private func columns() throws -> NetworkColumns {
        let columns = [
            Column("a"), Column("b", kind: .category(levels: ["x", "y", "z"])), Column("c"),
            Column("d", kind: .category(levels: ["u", "v"])),
        ]
        let matrix = try Matrix(rows: [[-1, 0, 2, 0], [1, 1, -2, 1], [0, 2, 0, 0]])
        return try NetworkColumns(of: Dataset(matrix, columns: columns), scale: .standard, execution: Execution())
    }

    @Test(arguments: [ReconstructionLoss.meanSquaredError, .huber])
    func gradients(_ loss: ReconstructionLoss) throws {
        var settings = Autoencoder(hidden: [6, 3])
        settings.loss = loss
        settings.noise = 0.2
        settings.masking = 0.2
        let model = try AutoencoderTraining(settings, columns: columns(), rowCount: 9, seed: 6)
        let errors = try CompositeGradient(rows: 9, width: 4, words: [1: 4, 3: 3]).largestErrors(
            model, gradients: { [$0.encoderGradients, $0.decoderGradients] }
        ) { model, batch in try model.addGradients(batch) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    /// The error of a column of words is its part of the reconstruction error.
    @Test func contributionsIncludeTheWords() throws {
        let (data, _) = try MixedTable.services(rows: 400, anomalies: 8, seed: 4)
        var detector = Autoencoder(hidden: [12, 3], epochs: 80)
        detector.score = CombinedScore(lambda: 0)
        let model = try detector.fit(data, context: FitContext(seed: 1))
        let errors = try model.reconstructionErrors(of: data)
        let parts = try model.contributions(of: data, execution: Execution())
        for row in 0..<data.rowCount {
            #expect(abs(parts.row(row).reduce(0, +) - errors[row]) <= 1e-5 * max(1, errors[row]))
        }
        // A wrong port shows in the port or in the service that it contradicts.
        func words(_ rows: Range<Int>) -> Double {
            rows.reduce(0) { $0 + parts[$1, 1] + parts[$1, 2] } / Double(rows.count)
        }
        #expect(words(0..<8) > 3 * words(8..<400), "\(words(0..<8)), \(words(8..<400))")
    }

    @Test func whatIsForNumbersIsRefused() throws {
        let (data, _) = try MixedTable.services(rows: 50, anomalies: 0, seed: 4)
        var tied = Autoencoder()
        tied.tied = true
        var contractive = Autoencoder(hidden: [3])
        contractive.contraction = 0.1
        for detector in [tied, contractive] {
            let error = try #require(throws: OutlierError.self) { try detector.fit(data) }
            #expect(error.code == .invalidParameter)
        }
        let words = (0...NetworkColumns.mostWords).map(String.init)
        let wide = try Dataset(Matrix(rows: [[0], [1]]), columns: [Column("id", kind: .category(levels: words))])
        let error = try #require(throws: OutlierError.self) { try Autoencoder().fit(wide) }
        #expect(error.code == .columnMismatch && error.message.contains("“id”"))
    }

    /// A fit that goes on finds words by what they are, not by their codes, and has room for new ones.
    @Test func wordsAreFoundByName() throws {
        var detector = Autoencoder(hidden: [12, 3], epochs: 60)
        detector.score = CombinedScore(lambda: 0)
        let first = try detector.fit(MixedTable.services(rows: 300, anomalies: 0, seed: 4).data)
        let (data, _) = try MixedTable.services(rows: 60, anomalies: 3, seed: 5)
        let expected = try first.scores(of: data).values
        let frozen = FineTuning(freeze: ["categories", "encoder", "decoder", "output"], epochs: 1)
        let reversed = try MixedTable.withReversedWords(data)
        let same = try detector.fitAndScore(reversed, startingFrom: first, settings: frozen).model
        for (given, expected) in zip(try same.scores(of: reversed).values, expected) {
            #expect(abs(given - expected) <= 1e-4 * max(1, expected))
        }
        let (more, _) = try MixedTable.services(rows: 60, anomalies: 3, seed: 5, extraWord: true)
        let fit = try detector.fitAndScore(more, startingFrom: first, settings: FineTuning(epochs: 2))
        let (wider, scores) = (fit.model, fit.scores.values)
        #expect(scores.allSatisfy { $0.isFinite })
        #expect(try wider.scores(of: MixedTable.withUnknownWord(more, column: 1)).allSatisfy { $0.isFinite })
        // A column that held words and now holds numbers is another one.
        let error = try #require(throws: OutlierError.self) {
            try detector.fitAndScore(
                Dataset(data.matrix, columns: data.columns.map { Column($0.name) }), startingFrom: first)
        }
        #expect(error.code == .columnMismatch)
    }
}
