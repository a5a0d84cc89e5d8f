import Foundation
import Neural
import OutlierCore
import Testing

@Suite struct SelfSupervisionTests {
    /// Rows on a plane of three dimensions in eight columns.
    private func table(_ rows: Int) -> FloatRows {
        var random = RandomSource(seed: 11)
        let mixing = (0..<24).map { _ in Float(random.normal()) }
        var values: [Float] = []
        for _ in 0..<rows {
            let hidden = (0..<3).map { _ in Float(random.normal()) }
            for column in 0..<8 { values.append((0..<3).reduce(0) { $0 + hidden[$1] * mixing[$1 * 8 + column] }) }
        }
        return FloatRows(values, width: 8)
    }

    private func encoder() -> Network {
        var random = RandomSource(seed: 3)
        return Network(
            [
                ("encoder-1", Dense(inputs: 8, outputs: 16, activation: .relu)),
                ("encoder-2", Dense(inputs: 16, outputs: 4)),
            ], random: &random)
    }

    @Test(arguments: [SelfSupervision.Task.masked, .contrastive])
    func lossesFall(_ task: SelfSupervision.Task) throws {
        var network = encoder()
        let before = network.parameters
        // At the temperature 1 cosines can lower the loss by little.
        let settings = SelfSupervision(
            task: task, epochs: 30, batchSize: 64, learningRate: 3e-3, corruption: 0.25, temperature: 0.2)
        let losses = try settings.pretrain(&network, on: table(512), context: FitContext(seed: 5))
        #expect(losses.count == 30)
        #expect(network.parameters != before)
        let first = try #require(losses.first)
        let last = try #require(losses.last)
        // A code of the plane predicts most of a masked value; and tells most rows from 63 others.
        #expect(last < 0.8 * first, "\(first) → \(last)")
    }

    @Test(arguments: [SelfSupervision.Task.masked, .contrastive])
    func threadsChangeNothing(_ task: SelfSupervision.Task) throws {
        let settings = SelfSupervision(task: task, epochs: 2, batchSize: 100)
        var one = encoder()
        var three = encoder()
        _ = try settings.pretrain(&one, on: table(301), context: FitContext(seed: 5, execution: Execution(threads: 1)))
        _ = try settings.pretrain(
            &three, on: table(301), context: FitContext(seed: 5, execution: Execution(threads: 3)))
        #expect(one.parameters == three.parameters)
    }

    @Test func noTaskChangesNothing() throws {
        var network = encoder()
        let before = network.parameters
        #expect(try SelfSupervision().pretrain(&network, on: table(20), context: FitContext()) == [])
        #expect(network.parameters == before)
    }

    @Test(arguments: [SelfSupervision.Task.masked, .contrastive])
    func oneRowIsEnough(_ task: SelfSupervision.Task) throws {
        var network = encoder()
        let losses = try SelfSupervision(task: task, epochs: 2).pretrain(&network, on: table(1), context: FitContext())
        #expect(losses.allSatisfy { $0.isFinite })
        #expect(network.parameters.allSatisfy { $0.isFinite })
    }

    private func evaluate(_ loss: ContrastiveLoss, _ codes: [Float], pairs: Int) throws -> (Double, [Float]) {
        var gradient = [Float](repeating: 0, count: codes.count)
        let value = try gradient.withUnsafeMutableBufferPointer { buffer in
            loss.evaluate(codes, pairs: pairs, gradient: try #require(buffer.baseAddress))
        }
        return (value, gradient)
    }

    @Test func contrastiveGradientsAreDerivatives() throws {
        var random = RandomSource(seed: 2)
        let loss = ContrastiveLoss(capacity: 5, width: 4, temperature: 0.7)
        let codes = (0..<40).map { _ in Float(random.normal()) }
        let gradient = try evaluate(loss, codes, pairs: 5).1
        for index in codes.indices {
            var changed = codes
            changed[index] += 1e-2
            let above = try evaluate(loss, changed, pairs: 5).0
            changed[index] -= 2e-2
            let below = try evaluate(loss, changed, pairs: 5).0
            #expect(abs((above - below) / 2e-2 - Double(gradient[index])) < 2e-3)
        }
    }

    /// Against the definition, term by term.
    @Test func contrastiveLossIsInfoNCE() throws {
        let loss = ContrastiveLoss(capacity: 2, width: 2, temperature: 1)
        let value = try evaluate(loss, [1, 0, 0, 2, 3, 0, 1, 1], pairs: 2).0
        // Cosines: 1 and √½ for the first row, 0 and √½ for the second.
        let half = 0.5.squareRoot()
        let first = -log(exp(1.0) / (exp(1.0) + exp(half)))
        let second = -log(exp(half) / (exp(0.0) + exp(half)))
        #expect(abs(value - (first + second) / 2) < 1e-6)
    }
}
