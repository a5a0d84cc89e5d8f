internal import Foundation
internal import OutlierCore

/// Where the numbers and the categories of a row lie: in what an encoder takes, one number for each column, and in what a
/// decoder gives, the numbers in their order and then for each category a logit for each of its words and one for words
/// that the fit never saw.
package struct RowLayout: Hashable, Sendable {
    /// A category column: its place in the row, and its words, those that the fit never saw counting as one.
    package struct Group: Hashable, Sendable {
        package let column: Int
        package let slots: Int

        package init(column: Int, slots: Int) {
            self.column = column
            self.slots = slots
        }
    }

    /// How many columns a row has.
    package let width: Int
    /// The columns that are no categories.
    package let numbers: [Int]
    package let groups: [Group]

    /// - Parameter groups: by ascending column.
    package init(width: Int, groups: [Group] = []) {
        self.width = width
        self.groups = groups
        let categories = Set(groups.map(\.column))
        numbers = (0..<width).filter { !categories.contains($0) }
    }

    package var isMixed: Bool { !groups.isEmpty }
    /// How many logits the categories have together.
    package var logitCount: Int { groups.reduce(0) { $0 + $1.slots } }
    /// How many numbers a decoder gives for a row.
    package var outputCount: Int { numbers.count + logitCount }

    // MARK: - Numbers

    /// Copies the numbers of rows, without the categories, one after the other.
    package func gatherNumbers(_ input: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>) {
        guard isMixed else {
            target.update(from: input, count: rows * width)
            return
        }
        var next = target
        for row in 0..<rows {
            for column in numbers {
                next.pointee = input[row * width + column]
                next += 1
            }
        }
    }

    // MARK: - Losses

    /// The mean over rows of the mean over columns: of numbers the `loss`, of categories −ln of the probability that the
    /// softmax of their logits gives the word.
    ///
    /// - Parameters:
    ///   - outputs: rows × ``outputCount``.
    ///   - targets: rows × ``width``.
    ///   - gradient: gets the loss's gradient with respect to the outputs.
    ///   - rowLosses: gets each row's loss.
    package func evaluate(
        _ loss: Loss, _ outputs: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int,
        gradient: UnsafeMutablePointer<Float>? = nil, rowLosses: UnsafeMutablePointer<Float>
    ) -> Double {
        guard isMixed else {
            return loss.evaluate(outputs, targets, rows: rows, width: width, gradient: gradient, rowLosses: rowLosses)
        }
        let scale = 1 / Float(rows * width)
        for row in 0..<rows {
            let output = outputs + row * outputCount
            var sum: Float = 0
            for (place, column) in numbers.enumerated() {
                let (value, slope) = loss.element(output[place], targets[row * width + column])
                sum += value
                gradient?[row * outputCount + place] = scale * slope
            }
            rowLosses[row] = sum
        }
        addCategories(
            outputs + numbers.count, stride: outputCount, targets, rows: rows, scale: scale,
            gradient: gradient.map { $0 + numbers.count }, rowLosses: rowLosses)
        return Loss.mean(rowLosses, rows: rows, divisor: Float(width))
    }

    /// What each column of each row costs, rows × ``width``.
    package func elementLosses(
        _ loss: Loss, _ outputs: UnsafePointer<Float>, _ targets: UnsafePointer<Float>, rows: Int,
        into losses: UnsafeMutablePointer<Float>, rowSums: UnsafeMutablePointer<Float>
    ) {
        guard isMixed else {
            loss.elementLosses(outputs, targets, rows: rows, width: width, into: losses, rowSums: rowSums)
            return
        }
        for row in 0..<rows {
            let output = outputs + row * outputCount
            var sum: Float = 0
            for (place, column) in numbers.enumerated() {
                let value = loss.element(output[place], targets[row * width + column]).value
                losses[row * width + column] = value
                sum += value
            }
            rowSums[row] = sum
        }
        forEachCategoryLoss(outputs + numbers.count, stride: outputCount, targets, rows: rows) { row, column, value in
            losses[row * width + column] = value
            rowSums[row] += value
        }
    }

    /// Calls `body` with the cross-entropy of each category of each row.
    ///
    /// - Parameter logits: of each row ``logitCount``, `stride` apart.
    package func forEachCategoryLoss(
        _ logits: UnsafePointer<Float>, stride: Int, _ targets: UnsafePointer<Float>, rows: Int,
        _ body: (_ row: Int, _ column: Int, _ loss: Float) -> Void
    ) {
        for row in 0..<rows {
            var start = row * stride
            for group in groups {
                let slot = slot(targets[row * width + group.column], of: group)
                body(row, group.column, RowLayout.crossEntropy(logits + start, slot: slot, of: group.slots))
                start += group.slots
            }
        }
    }

    /// Adds the cross-entropy of the categories to the rows' losses.
    ///
    /// - Parameters:
    ///   - logits: of each row ``logitCount``, `stride` apart.
    ///   - targets: rows × ``width``.
    ///   - scale: what the gradient is multiplied by; the loss is not.
    ///   - weights: rows × ``width``, where an element counts by a weight of its own.
    ///   - gradient: gets the gradient with respect to the logits, `stride` apart.
    package func addCategories(
        _ logits: UnsafePointer<Float>, stride: Int, _ targets: UnsafePointer<Float>, rows: Int, scale: Float,
        weights: UnsafePointer<Float>? = nil, gradient: UnsafeMutablePointer<Float>? = nil,
        rowLosses: UnsafeMutablePointer<Float>
    ) {
        for row in 0..<rows {
            var start = row * stride
            for group in groups {
                let place = row * width + group.column
                let weight = weights?[place] ?? 1
                let slot = slot(targets[place], of: group)
                rowLosses[row] +=
                    weight
                    * RowLayout.crossEntropy(
                        logits + start, slot: slot, of: group.slots, scale: scale * weight,
                        gradient: gradient.map { $0 + start })
                start += group.slots
            }
        }
    }

    /// Where a code stands among the logits: the last is for whatever is not a word of the fit.
    func slot(_ code: Float, of group: Group) -> Int {
        code >= 0 && code < Float(group.slots - 1) ? Int(code) : group.slots - 1
    }

    private static func crossEntropy(
        _ logits: UnsafePointer<Float>, slot: Int, of count: Int, scale: Float = 1,
        gradient: UnsafeMutablePointer<Float>? = nil
    ) -> Float {
        var largest = -Float.infinity
        for index in 0..<count { largest = max(largest, logits[index]) }
        var sum: Float = 0
        for index in 0..<count { sum += exp(logits[index] - largest) }
        if let gradient {
            for index in 0..<count { gradient[index] = scale * exp(logits[index] - largest) / sum }
            gradient[slot] -= scale
        }
        return log(sum) + largest - logits[slot]
    }
}

extension Loss {
    /// What one prediction costs, and the derivative by it.
    fileprivate func element(_ prediction: Float, _ target: Float) -> (value: Float, slope: Float) {
        let difference = prediction - target
        switch self {
        case .squared: return (difference * difference, 2 * difference)
        case .absolute: return (abs(difference), difference > 0 ? 1 : difference < 0 ? -1 : 0)
        case .huber(let delta):
            return abs(difference) <= delta
                ? (0.5 * difference * difference, difference)
                : (delta * (abs(difference) - 0.5 * delta), difference > 0 ? delta : -delta)
        case .logistic:
            return (
                max(prediction, 0) - prediction * target + log1p(exp(-abs(prediction))),
                1 / (1 + exp(-prediction)) - target
            )
        }
    }
}
