internal import Neural
internal import OutlierCore

/// What a fit of this family begins with: its columns, its sizes, and where it goes on from another, that one's networks.
struct GANStart {
    let columns: NetworkColumns
    let latent: Int
    let hidden: [Int]
    let training: TrainingSettings
    /// What the training depends on besides the detector's settings.
    let identity: String
    private let transfer: ColumnTransfer?
    private let former: GenerativeModel?

    /// - Throws: ``OutlierError/Code/invalidParameter`` where a code would have more numbers than a row, or sizes are not
    ///   those of the first model.
    init<D: AdversarialDetector>(
        _ detector: D, on data: Dataset, from start: (model: FittedGenerativeModel, settings: FineTuning)?,
        context: FitContext
    ) throws {
        let columns = try NetworkColumns(of: data, scale: .standard, execution: context.execution)
        if let (first, settings) = start {
            let model = first.model
            let found = try ColumnTransfer(
                columns, from: first.columns, settings: settings,
                networks: model.networkNames.compactMap { name in model.network(name).map { (name, $0) } })
            transfer = found
            former = model
            self.columns = found.columns
            latent = try FormerModel.keep("latent", model.latent, given: detector.latent)
            hidden = try FormerModel.keep(
                "hidden", model.generator.hiddenWidths.reversed(),
                given: detector.hidden.isEmpty ? nil : detector.hidden)
            training = detector.training.goingOn(settings, rows: data.rowCount)
            identity = FormerModel.identity([model.generator, model.features], settings)
        } else {
            transfer = nil
            former = nil
            self.columns = columns
            latent = detector.latent ?? LayerWidths.latent(columns: columns.embeddedCount)
            hidden =
                detector.hidden.isEmpty ? LayerWidths.hidden(columns: columns.embeddedCount) : detector.hidden
            training = detector.training
            identity = ""
        }
        try LayerWidths.checkLatent(latent, inputs: columns.embeddedCount)
    }

    /// How many numbers a row has as the networks see it: words are one-hot, and what a generator makes of them are
    /// probabilities.
    var width: Int { columns.layout.outputCount }

    private var softmax: CategorySoftmax? {
        let layout = columns.layout
        return layout.isMixed
            ? CategorySoftmax(numbers: layout.numbers.count, slots: layout.groups.map(\.slots)) : nil
    }

    /// Lets a network begin with the first model's of the same name; where there is none it stays as it is.
    ///
    /// - Parameter name: what the network is called, in the model and where parts are to be frozen.
    func begin(
        _ network: inout Network, _ name: String, inputs: ColumnTransfer.Side = .code,
        outputs: ColumnTransfer.Side = .code
    ) {
        guard let transfer, let other = former?.network(name) else { return }
        transfer.begin(&network, with: other, inputs: inputs, outputs: outputs, role: name)
    }

    func encoder(_ name: String, dropout: Double, random: inout RandomSource) -> Network {
        var network = Network.perceptron(
            inputs: width, hidden: hidden, outputs: latent, activation: .leakyReLU(slope: 0.2), dropout: dropout,
            random: &random)
        begin(&network, name, inputs: .oneHot())
        return network
    }

    func generator(dropout: Double, random: inout RandomSource) -> Network {
        var network = Network.perceptron(
            inputs: latent, hidden: hidden.reversed(), outputs: width, activation: .leakyReLU(slope: 0.2),
            softmax: softmax, dropout: dropout, random: &random)
        begin(&network, "generator", outputs: .reconstruction)
        return network
    }

    /// - Parameter inputs: what it sees, how many numbers that are.
    func discriminator(
        _ name: String, _ inputs: (side: ColumnTransfer.Side, count: Int), optimizer: (Network) -> Optimizer,
        spectralNormalization: Bool = false, capacity: Int, random: inout RandomSource
    ) -> Discriminator {
        var result = Discriminator(
            inputs: inputs.count, hidden: hidden, optimizer: optimizer, spectralNormalization: spectralNormalization,
            capacity: capacity, random: &random)
        begin(&result.body, name, inputs: inputs.side)
        begin(&result.head, "\(name)-head")
        if spectralNormalization { result.spectral = SpectralNormalization(result.body) }
        return result
    }

    /// What a discriminator sees of one row.
    var row: (side: ColumnTransfer.Side, count: Int) { (.oneHot(), width) }

    /// The spread of rows that a generator makes from random codes.
    static func made(_ generator: Network, rows: Int, seed: UInt64, execution: Execution) throws -> Spread {
        let count = min(1_024, max(64, rows))
        var codes = [Float](repeating: 0, count: count * generator.inputCount)
        codes.withUnsafeMutableBufferPointer { CounterRandom(seed: seed, step: -2).fillNormal($0) }
        var made = Spread(width: generator.outputCount)
        made.add(try generator.outputs(codes, execution: execution))
        return made
    }
}
