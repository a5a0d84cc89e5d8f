import Neural
import NeuralTesting
import OutlierCore
import OutlierFewLabels
import Testing

@Suite struct LossTests {
    private let isAnomaly = [false, true, false, true, true, false, false, false]
    private let input: [Float] = {
        var random = RandomSource(seed: 11)
        return (0..<8 * 3).map { _ in Float(random.normal()) }
    }()

    private func deviationModel() -> DeviationTraining {
        var random = RandomSource(seed: 4)
        let network = Network.perceptron(inputs: 3, hidden: [6], outputs: 1, activation: .tanh, random: &random)
        return DeviationTraining(
            network, margin: 0.7, isAnomaly: isAnomaly, optimizer: Optimizer(learningRate: 1e-3, for: network),
            capacity: 8)
    }

    @Test func gradientsOfTheDeviationLoss() throws {
        let errors = try CompositeGradient(rows: 8, width: 3).largestErrors(
            deviationModel(), gradients: { [$0.gradients] }
        ) { try $0.pass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    private func relationModel() -> RelationTraining {
        var random = RandomSource(seed: 4)
        let features = Network.perceptron(
            inputs: 3, hidden: [5], outputs: 4, activation: .tanh, output: .tanh, random: &random)
        let relation = Network.perceptron(inputs: 8, hidden: [], outputs: 1, activation: .identity, random: &random)
        return RelationTraining(
            features: features, relation: relation, answers: [0, 4, 8], isAnomaly: isAnomaly,
            optimizers: [features, relation].map { Optimizer(learningRate: 1e-3, for: $0) }, capacity: 8)
    }

    @Test func gradientsOfTheRelationLoss() throws {
        let errors = try CompositeGradient(rows: 8, width: 3).largestErrors(
            relationModel(), gradients: { $0.gradients }
        ) { try $0.pass($1, learns: true) }
        #expect(errors.allSatisfy { $0 < 1e-2 }, "\(errors)")
    }

    /// λ ‖w‖² on the weights of hidden layers: its gradient is 2 λ w, by difference quotients of the sum itself, and 0 for
    /// biases and for the layer that gives the score.
    @Test func thePenaltyIsOnHiddenWeightsAlone() throws {
        var random = RandomSource(seed: 4)
        let network = Network.perceptron(inputs: 3, hidden: [6, 2], outputs: 1, activation: .relu, random: &random)
        var gradients = network.zeroGradients
        WeightPenalty(network, factor: 0.01, sparingLast: true).addGradient(of: network, to: &gradients)
        let tensors = network.parameterTensors
        let penalized = tensors.filter { $0.name.hasSuffix(".weight") }.dropLast()
        #expect(penalized.map { $0.shape } == [[3, 6], [6, 2]])
        for tensor in tensors {
            let isPenalized = penalized.contains { $0.name == tensor.name }
            for index in tensor.range {
                let weight = Double(network.parameters[index])
                let step = 1e-4
                let slope = 0.01 * ((weight + step) * (weight + step) - (weight - step) * (weight - step)) / (2 * step)
                #expect(abs(Double(gradients[index]) - (isPenalized ? slope : 0)) < 1e-6, "\(tensor.name)")
            }
        }
    }

    @Test(.enabled(if: StepAllocations.areCounted)) func aStepAllocatesNothing() throws {
        var deviation = deviationModel()
        #expect(try StepAllocations.count(of: &deviation, rows: 8, width: 3) == 0)
        var relation = relationModel()
        #expect(try StepAllocations.count(of: &relation, rows: 8, width: 3) == 0)
    }

    @Test func theScoreIsTheMeanOverAllPairs() throws {
        let model = relationModel()
        let execution = Execution(threads: 1)
        let codes = try model.features.outputs(input, execution: execution)
        func code(_ row: Int) -> [Float] { Array(codes[row * 4..<row * 4 + 4]) }
        let groups = [true, false].map { group in isAnomaly.indices.filter { isAnomaly[$0] == group } }
        let means = groups.map { rows in
            (0..<4).map { place in rows.reduce(0.0) { $0 + Double(code($1)[place]) } / Double(rows.count) }
        }
        let scores = try RelationTraining.scoring(
            features: model.features, relation: model.relation, anomalyMean: means[0], otherMean: means[1]
        ).outputs(input, execution: execution)
        for row in 0..<8 {
            func mean(_ pairs: [[Float]]) throws -> Double {
                let answers = try model.relation.outputs(pairs.flatMap { $0 }, execution: execution)
                return answers.reduce(0.0) { $0 + Double($1) } / Double(pairs.count)
            }
            let expected =
                (try mean(groups[0].map { code($0) + code(row) }) + mean(groups[1].map { code(row) + code($0) })) / 2
            #expect(abs(expected - Double(scores[row])) < 1e-5)
        }
    }
}
