internal import Foundation
package import OutlierCore

/// Lets numbers through and makes the logits of categories probabilities: the numbers of a row come first, and then for
/// each category its slots, of which the softmax is taken.
package struct CategorySoftmax: Layer {
    package static let kind = "category-softmax"

    package let inputShape: Shape
    private let numbers: Int
    private let slots: [Int]
    package var outputShape: Shape { inputShape }

    /// - Parameters:
    ///   - numbers: how many numbers a row has, at least 0.
    ///   - slots: of each category, at least 1.
    /// - Returns: `nil` where the sizes are impossible.
    package init?(numbers: Int, slots: [Int]) {
        guard numbers >= 0, numbers <= Int(Int32.max), slots.count <= 1 << 20,
            slots.allSatisfy({ $0 > 0 && $0 <= 1 << 24 }),
            let shape = Shape(checked: [numbers + slots.reduce(0, +)])
        else { return nil }
        inputShape = shape
        self.numbers = numbers
        self.slots = slots
    }

    package var workPerRow: Int { 4 * inputShape.count }

    package func forward(_ pass: ForwardPass) {
        for row in 0..<pass.rows {
            var input = pass.input + row * inputShape.count
            var output = pass.output + row * inputShape.count
            output.update(from: input, count: numbers)
            (input, output) = (input + numbers, output + numbers)
            for count in slots {
                var largest = -Float.infinity
                for slot in 0..<count { largest = max(largest, input[slot]) }
                var sum: Float = 0
                for slot in 0..<count {
                    output[slot] = exp(input[slot] - largest)
                    sum += output[slot]
                }
                for slot in 0..<count { output[slot] /= sum }
                (input, output) = (input + count, output + count)
            }
        }
    }

    package func backward(_ pass: BackwardPass) {
        guard let inputGradient = pass.inputGradient else { return }
        for row in 0..<pass.rows {
            var gradient = pass.outputGradient + row * inputShape.count
            var target = inputGradient + row * inputShape.count
            var output = pass.output + row * inputShape.count
            target.update(from: gradient, count: numbers)
            (gradient, target, output) = (gradient + numbers, target + numbers, output + numbers)
            for count in slots {
                var mean: Float = 0
                for slot in 0..<count { mean += output[slot] * gradient[slot] }
                for slot in 0..<count { target[slot] = output[slot] * (gradient[slot] - mean) }
                (gradient, target, output) = (gradient + count, target + count, output + count)
            }
        }
    }

    package var configuration: Value {
        .object([
            Value.Entry("numbers", .integer(numbers)), Value.Entry("slots", .array(slots.map(Value.integer))),
        ])
    }

    package init(configuration: Value) throws {
        let slots = configuration["slots"]?.array ?? []
        guard let numbers = configuration["numbers"]?.int,
            let layer = CategorySoftmax(numbers: numbers, slots: slots.map { $0.int ?? 0 })
        else { throw OutlierError(.invalidModel, "a softmax has impossible sizes") }
        self = layer
    }
}
