/// How far two lists of numbers rise and fall together: −1 to 1.
package enum Correlation {
    /// Spearman's: that of the ranks, equal numbers sharing the mean of theirs.
    ///
    /// - Returns: `nil` where one of the lists is constant or empty.
    package static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
        precondition(first.count == second.count, "lists are correlated element by element")
        let mean = Double(first.count + 1) / 2
        var (product, firstSquare, secondSquare) = (0.0, 0.0, 0.0)
        for (left, right) in zip(Ranks.averaged(first), Ranks.averaged(second)) {
            product += (left - mean) * (right - mean)
            firstSquare += (left - mean) * (left - mean)
            secondSquare += (right - mean) * (right - mean)
        }
        guard firstSquare > 0, secondSquare > 0 else { return nil }
        return product / (firstSquare * secondSquare).squareRoot()
    }

    /// Pearson's, of `count` pairs.
    ///
    /// - Returns: `nil` where one of the lists is constant or empty, or where the squares are no numbers.
    @inlinable
    package static func pearson(_ count: Int, _ pair: (Int) -> (Double, Double)) -> Double? {
        guard count > 0 else { return nil }
        let first = pair(0)
        var mean = (0.0, 0.0)
        var isConstant = (true, true)
        for place in 0..<count {
            let own = pair(place)
            mean.0 += own.0 / Double(count)
            mean.1 += own.1 / Double(count)
            // Asked of the numbers themselves: rounding leaves them deviations from their mean.
            isConstant.0 = isConstant.0 && own.0 == first.0
            isConstant.1 = isConstant.1 && own.1 == first.1
        }
        if isConstant.0 || isConstant.1 { return nil }
        var covariance = 0.0
        var variance = (0.0, 0.0)
        for place in 0..<count {
            let own = pair(place)
            let deviation = (own.0 - mean.0, own.1 - mean.1)
            covariance += deviation.0 * deviation.1
            variance.0 += deviation.0 * deviation.0
            variance.1 += deviation.1 * deviation.1
        }
        let scale = variance.0.squareRoot() * variance.1.squareRoot()
        let correlation = covariance / scale
        return scale > 0 && scale.isFinite && correlation.isFinite ? min(1, max(-1, correlation)) : nil
    }
}
