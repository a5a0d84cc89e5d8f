import OutlierCore

/// The values of a column that are there, side by side, while their terms are computed.
struct PresentTerms {
    private var values: [Double] = []
    /// How many values are there.
    let count: Int
    private var rightTails: [Double] = []
    /// Where each stood; `nil` where none is missing, and the buffer itself is used.
    private let rows: [Int]?
    private let whole: TailSums.Terms

    init(_ terms: TailSums.Terms) {
        whole = terms
        var sum = 0.0
        for value in terms.values { sum += value * 0 }
        guard sum.isNaN else {
            rows = nil
            count = terms.values.count
            return
        }
        let present = terms.values.indices.filter { !terms.values[$0].isNaN }
        rows = present
        count = present.count
        values = present.map { terms.values[$0] }
        rightTails = [Double](repeating: 0, count: terms.rightTails == nil ? 0 : present.count)
    }

    /// The weights of the values that are there.
    func present(_ weights: [Double]) -> [Double] { rows?.map { weights[$0] } ?? weights }

    /// Calls `body` with the values, which it replaces by terms.
    mutating func withTerms<Result>(_ body: (TailSums.Terms) -> Result) -> Result {
        guard rows != nil else { return body(whole) }
        let hasRight = whole.rightTails != nil
        return values.withUnsafeMutableBufferPointer { values in
            rightTails.withUnsafeMutableBufferPointer { right in
                body(TailSums.Terms(values: values, rightTails: hasRight ? right.baseAddress : nil))
            }
        }
    }

    /// The means of the terms.
    ///
    /// - Parameter weights: how much each value that is there counts; `nil` where all count alike.
    func means(keepsBothTails: Bool, weights: [Double]?) -> TailDistributions.MeanTails {
        func mean(_ count: Int, _ term: (Int) -> Double) -> Double {
            guard let weights else { return (0..<count).reduce(0) { $0 + term($1) } / Double(max(1, count)) }
            let total = weights.reduce(0, +)
            return (0..<count).reduce(0) { $0 + term($1) * (weights[$1] / total) }
        }
        guard rows != nil else {
            let right = whole.rightTails
            return .init(
                left: mean(whole.values.count) { whole.values[$0] },
                right: keepsBothTails ? mean(whole.values.count) { right?[$0] ?? 0 } : 0)
        }
        return .init(
            left: mean(values.count) { values[$0] }, right: keepsBothTails ? mean(values.count) { rightTails[$0] } : 0)
    }

    /// Puts the terms where the values were, and the means where they were missing.
    func spread(over terms: TailSums.Terms, means: TailDistributions.MeanTails) {
        guard let rows else { return }
        for row in terms.values.indices {
            terms.values[row] = means.left
            terms.rightTails?[row] = means.right
        }
        for (place, row) in rows.enumerated() {
            terms.values[row] = values[place]
            terms.rightTails?[row] = rightTails[place]
        }
    }
}
