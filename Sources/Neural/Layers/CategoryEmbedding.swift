package import OutlierCore

/// Replaces category columns by learnt vectors and lets the other columns through: numbers first, in their order, then
/// the vectors, in the order of their columns.
///
/// A code that is not one of the column's levels (a word that the fit never saw, or `NaN`) has a vector of its own.
package struct CategoryEmbedding: Layer {
    package static let kind = "category-embedding"

    /// A category column: where it stands in the row, how many levels it has, how long its vectors are.
    package struct Category: Hashable, Sendable {
        package let column: Int
        package let levels: Int
        package let dimension: Int

        package init(column: Int, levels: Int, dimension: Int) {
            self.column = column
            self.levels = levels
            self.dimension = dimension
        }

        /// The usual length of the vectors of `levels` words: half as many, at most 50.
        package static func dimension(levels: Int) -> Int { max(1, min(50, (levels + 1) / 2)) }
    }

    package let inputShape: Shape
    package let outputShape: Shape
    private let categories: [Category]
    private let numbers: [Int]

    /// - Parameter categories: by ascending column, each column at most once, all in 0..<`columns`.
    /// - Returns: `nil` where they are not.
    package init?(columns: Int, categories: [Category]) {
        var numbers: [Int] = []
        var next = categories[...]
        for column in 0..<max(0, columns) {
            if let category = next.first, category.column == column {
                next = next.dropFirst()
            } else {
                numbers.append(column)
            }
        }
        guard next.isEmpty,
            categories.allSatisfy({
                $0.levels >= 0 && $0.dimension > 0 && $0.dimension <= 1 << 16 && $0.levels < 1 << 24
            }),
            let input = Shape(checked: [columns]),
            let output = Shape(checked: [numbers.count + categories.reduce(0) { $0 + $1.dimension }]),
            Shape(checked: [max(1, categories.reduce(0) { $0 + ($1.levels + 1) * $1.dimension })]) != nil
        else { return nil }
        inputShape = input
        outputShape = output
        self.categories = categories
        self.numbers = numbers
    }

    package var parameters: [ParameterTensor] {
        // The last row is that of unknown words.
        categories.map { category in
            ParameterTensor(
                "column-\(category.column)", shape: [category.levels + 1, category.dimension],
                initializer: .normal(deviation: 1 / Float(category.dimension).squareRoot()))
        }
    }

    package var workPerRow: Int { 2 * outputShape.count }

    private static func row(_ code: Float, of category: Category) -> Int {
        code >= 0 && code < Float(category.levels) ? Int(code) : category.levels
    }

    package func forward(_ pass: ForwardPass) {
        for row in 0..<pass.rows {
            let input = pass.input + row * inputShape.count
            var output = pass.output + row * outputShape.count
            for column in numbers {
                output.pointee = input[column]
                output += 1
            }
            var vectors = pass.parameters
            for category in categories {
                let vector = CategoryEmbedding.row(input[category.column], of: category) * category.dimension
                output.update(from: vectors + vector, count: category.dimension)
                output += category.dimension
                vectors += (category.levels + 1) * category.dimension
            }
        }
    }

    package func backward(_ pass: BackwardPass) {
        for row in 0..<pass.rows {
            let input = pass.input + row * inputShape.count
            var gradient = pass.outputGradient + row * outputShape.count
            if let inputGradient = pass.inputGradient.map({ $0 + row * inputShape.count }) {
                inputGradient.update(repeating: 0, count: inputShape.count)
                for (index, column) in numbers.enumerated() { inputGradient[column] = gradient[index] }
            }
            guard var vectors = pass.parameterGradients else { continue }
            gradient += numbers.count
            for category in categories {
                let vector = vectors + CategoryEmbedding.row(input[category.column], of: category) * category.dimension
                for index in 0..<category.dimension { vector[index] += gradient[index] }
                gradient += category.dimension
                vectors += (category.levels + 1) * category.dimension
            }
        }
    }

    package var configuration: Value {
        .object([
            Value.Entry("columns", .integer(inputShape.count)),
            Value.Entry(
                "categories",
                .array(
                    categories.map { category in
                        .object([
                            Value.Entry("column", .integer(category.column)),
                            Value.Entry("levels", .integer(category.levels)),
                            Value.Entry("dimension", .integer(category.dimension)),
                        ])
                    })),
        ])
    }

    package init(configuration: Value) throws {
        let categories = try (configuration["categories"]?.array ?? []).map { value in
            guard let column = value["column"]?.int, let levels = value["levels"]?.int else {
                throw OutlierError(.invalidModel, "an embedding has a category without a column or levels")
            }
            return Category(column: column, levels: levels, dimension: try value.length("dimension"))
        }
        guard let layer = CategoryEmbedding(columns: try configuration.length("columns"), categories: categories) else {
            throw OutlierError(.invalidModel, "an embedding has impossible sizes")
        }
        self = layer
    }
}
