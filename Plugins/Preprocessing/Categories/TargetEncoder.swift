public import OutlierCore

/// Replaces each category by the share of anomalies among the training rows that have its word, drawn towards the share of
/// all rows the fewer they are.
///
/// Needs labels: the rows that ``SupervisedRows`` chooses. A word that the fit did not see gets the share of all rows; a
/// missing word stays missing. Other columns pass. With `smoothing` null the strength follows from the data (empirical
/// Bayes), as in scikit-learn's `TargetEncoder`, whose values these are.
///
/// A word of one row would give that row's label away to whatever learns next. So a pipeline goes on with training rows
/// that are cross-fitted: they are dealt into `folds` parts, each class by itself, and the words of a part are
/// encoded by the labels of the others. Rows that are scored are encoded by all labels.
///
/// D. Micci-Barreca, “A preprocessing scheme for high-cardinality categorical attributes in classification and prediction
/// problems”, SIGKDD Explorations 3, 2001.
public struct TargetEncoder: CrossFittingPreprocessor, LabelLearning {
    public static let name = "target"
    public static let summary = "Replaces each category by the share of anomalies among the rows that have its word."
    public static let reference: String? =
        "D. Micci-Barreca, A preprocessing scheme for high-cardinality categorical attributes, 2001"
    public static var parameters: [Parameter<TargetEncoder>] {
        [
            .number(
                "smoothing", \.smoothing, in: .atLeast(0), null: "by the data",
                "As how many rows of the common share each word counts besides its own."),
            .integer(
                "folds", \.crossFittingFolds, in: .between(2, 1000), null: "training rows are encoded like new ones",
                "Parts of the training rows that are encoded by the labels of the others."),
        ]
    }

    public var smoothing: Double?
    public var crossFittingFolds: Int?

    public init() { self.init(smoothing: nil) }

    public init(smoothing: Double?, folds: Int? = 5) {
        self.smoothing = smoothing
        crossFittingFolds = folds
    }

    public var labelUse: LabelUse { .required }

    public func train(on data: Dataset, context: FitContext) throws -> CategoryNumbers {
        let known = try SupervisedRows(data)
        return numbers(data, rows: known.rows, isAnomaly: known.isAnomaly)
    }

    public func crossFit(_ data: Dataset, fitted: CategoryNumbers, context: FitContext) throws -> Dataset {
        let known = try SupervisedRows(data)
        let folds = crossFittingFolds ?? 1
        // Each class goes round the parts by itself, in random order.
        var random = context.random()
        var part = [Int](repeating: 0, count: known.rows.count)
        for kind in [true, false] {
            var places = known.rows.indices.filter { known.isAnomaly[$0] == kind }
            places.shuffle(using: &random)
            for (turn, place) in places.enumerated() { part[place] = turn % folds }
        }
        return try crossFitted(data, known, parts: part, fitted: fitted, execution: context.execution)
    }

    /// - Parameter parts: for each of the known rows the number of its part. Other rows, whose labels nobody knows, are
    ///   encoded like new ones.
    package func crossFitted(
        _ data: Dataset, _ known: SupervisedRows, parts: [Int], fitted: CategoryNumbers, execution: Execution
    ) throws -> Dataset {
        var result = try fitted.transform(data, execution: execution)
        var matrix = result.matrix
        for part in Set(parts).sorted() {
            let others = parts.indices.filter { parts[$0] != part }
            guard !others.isEmpty else { continue }
            let numbers = numbers(
                data, rows: others.map { known.rows[$0] }, isAnomaly: others.map { known.isAnomaly[$0] })
            let own = parts.indices.filter { parts[$0] == part }.map { known.rows[$0] }
            let encoded = try numbers.apply(to: data.selectingRows(own), execution: execution).matrix
            for (place, row) in own.enumerated() {
                for column in data.columns.indices where data.columns[column].levels != nil {
                    matrix[row, column] = encoded[place, column]
                }
            }
        }
        result = try result.replacing(matrix)
        return result
    }

    private func numbers(_ data: Dataset, rows: [Int], isAnomaly: [Bool]) -> CategoryNumbers {
        let mean = Double(isAnomaly.count { $0 }) / Double(rows.count)
        let variance = mean * (1 - mean)
        return CategoryNumbers(
            data.columns.enumerated().map { index, column in
                guard let levels = column.levels else { return nil }
                var counts = [Double](repeating: 0, count: levels.count)
                var anomalies = counts
                let codes = data.codes(index)
                for (row, isAnomaly) in zip(rows, isAnomaly) {
                    guard let code = codes[row] else { continue }
                    counts[code] += 1
                    anomalies[code] += isAnomaly ? 1 : 0
                }
                return zip(counts, anomalies).map { share($0, $1, mean, variance) }
            }, unseen: mean)
    }

    private func share(_ count: Double, _ anomalies: Double, _ mean: Double, _ variance: Double) -> Double {
        if count == 0 { return mean }
        if let smoothing { return (anomalies + smoothing * mean) / (count + smoothing) }
        let own = anomalies / count
        let weight = variance * count / (variance * count + own * (1 - own))
        return weight.isNaN ? mean : weight * own + (1 - weight) * mean
    }
}
