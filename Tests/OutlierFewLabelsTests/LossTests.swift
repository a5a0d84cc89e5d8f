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
