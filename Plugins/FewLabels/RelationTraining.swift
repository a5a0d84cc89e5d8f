package import Neural

/// One step of the training of a pairwise relation network. A batch's rows are pairs: the first and second, the third and
/// fourth, and so on.
package struct RelationTraining: Trainable {
    package static let lossNames = ["loss"]

    /// What becomes of one row.
    package private(set) var features: Network
    /// What is said of two.
    package private(set) var relation: Network
    package var optimizers: [Optimizer]
    package var networks: [Network] {
        get { [features, relation] }
        set {
            features = newValue[0]
            relation = newValue[1]
        }
    }
    private let answers: [Float]
    private let penalty: WeightPenalty
    private let isAnomaly: [Bool]
    private let featureTape: Tape
    private let relationTape: Tape
    package private(set) var gradients: [[Float]]

    /// - Parameters:
    ///   - relation: takes twice what `features` gives.
    ///   - answers: for no, one and two anomalies in a pair.
    ///   - isAnomaly: for each row of the table.
    ///   - capacity: rows, twice as many as pairs.
    ///   - penalty: the factor of the penalty on the weights of `features`.
    package init(
        features: Network, relation: Network, answers: [Float], isAnomaly: [Bool], optimizers: [Optimizer],
        capacity: Int, penalty: Double = 0
    ) {
        self.penalty = WeightPenalty(features, factor: penalty, sparingLast: false)
        precondition(relation.inputCount == 2 * features.outputCount, "a relation is of two rows")
        self.features = features
        self.relation = relation
        self.answers = answers
        self.isAnomaly = isAnomaly
        self.optimizers = optimizers
        featureTape = Tape(features, capacity: capacity)
        relationTape = Tape(relation, capacity: max(1, capacity / 2))
        gradients = [features.zeroGradients, relation.zeroGradients]
    }

    package mutating func step(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: true)
        penalty.addGradient(of: features, to: &gradients[0])
        let scale = GradientClipping.scale(gradients[0], gradients[1], bound: 1)
        optimizers[0].step(
            &features, gradients: &gradients[0], rateFactor: batch.rateFactor, gradientScale: scale)
        optimizers[1].step(
            &relation, gradients: &gradients[1], rateFactor: batch.rateFactor, gradientScale: scale)
    }

    package mutating func validate(_ batch: Batch, losses: inout [Double]) throws {
        losses[0] = try pass(batch, learns: false)
    }

    /// The loss; where the model learns, adds its gradients to ``gradients``.
    package mutating func pass(_ batch: Batch, learns: Bool) throws -> Double {
        let pairs = batch.rows / 2
        let mode = learns ? PassMode.training(batch.random) : .inference
        try features.forward(
            batch.input, rows: 2 * pairs, mode: mode, tape: featureTape, execution: batch.execution)
        // What two neighbours give lies together: it is the pair's input as it stands.
        try relation.forward(
            featureTape.output, rows: pairs, mode: mode, tape: relationTape, execution: batch.execution)
        var loss = 0.0
        for pair in 0..<pairs {
            let anomalies =
                (isAnomaly[batch.indices[2 * pair]] ? 1 : 0) + (isAnomaly[batch.indices[2 * pair + 1]] ? 1 : 0)
            let error = relationTape.output[pair] - answers[anomalies]
            loss += Double(abs(error))
            relationTape.outputGradient[pair] = (error > 0 ? 1 : (error < 0 ? -1 : 0)) / Float(pairs)
        }
        if learns {
            try relation.backward(
                relationTape, gradients: &gradients[1], inputGradient: true, execution: batch.execution)
            featureTape.outputGradient.update(
                from: relationTape.inputGradient, count: 2 * pairs * features.outputCount)
            try features.backward(featureTape, gradients: &gradients[0], execution: batch.execution)
        }
        return loss / Double(pairs)
    }

    /// The network whose output is the mean answer for a row as the second with anomalies and as the first with other
    /// rows: half of u·a + v·h + b and half of u·h + v·o + b, with the relation's weights u and v for the first and second
    /// row, its bias b, what the row becomes, h, and the means a and o of what anomalies and other rows become.
    package static func scoring(
        features: Network, relation: Network, anomalyMean: [Double], otherMean: [Double]
    ) -> Network {
        let width = features.outputCount
        let weights = relation.parameters.map(Double.init)
        var constant = weights[2 * width]
        for index in 0..<width {
            constant += (weights[index] * anomalyMean[index] + weights[width + index] * otherMean[index]) / 2
        }
        let combined = (0..<width).map { Float((weights[$0] + weights[width + $0]) / 2) }
        return features.extended(by: "score", weights: combined, bias: Float(constant))
    }
}
