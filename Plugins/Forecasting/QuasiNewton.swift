internal import OutlierCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The least value of a smooth function of a few variables, by the method of Broyden, Fletcher, Goldfarb and Shanno with
/// central differences for the gradient.
struct QuasiNewton {
    private(set) var point: [Double]
    private(set) var value: Double

    private static let mostRounds = 200
    private static let difference = 6e-6

    /// - Parameters:
    ///   - start: where to begin; the function must be finite there.
    ///   - function: what is to be small. What is not finite counts as infinitely large.
    init(from start: [Double], context: FitContext, _ function: ([Double]) -> Double) throws {
        func evaluate(_ point: [Double]) -> Double {
            let value = function(point)
            return value.isFinite ? value : .infinity
        }
        func gradient(_ point: [Double]) -> [Double] {
            point.indices.map { index in
                let step = QuasiNewton.difference * max(1, abs(point[index]))
                var moved = point
                moved[index] = point[index] + step
                let above = evaluate(moved)
                moved[index] = point[index] - step
                let below = evaluate(moved)
                let slope = (above - below) / (2 * step)
                return slope.isFinite ? slope : 0
            }
        }
        let size = start.count
        var point = start
        var value = evaluate(start)
        guard size > 0, value.isFinite else {
            self.point = point
            self.value = value
            return
        }
        var slope = gradient(point)
        var inverse = QuasiNewton.identity(size)
        var failures = 0
        for _ in 0..<QuasiNewton.mostRounds {
            try context.checkCancellation()
            var direction = (0..<size).map { row in
                -(0..<size).reduce(0) { $0 + inverse[row * size + $1] * slope[$1] }
            }
            var descent = zip(direction, slope).reduce(0) { $0 + $1.0 * $1.1 }
            if !(descent < 0) {
                inverse = QuasiNewton.identity(size)
                direction = slope.map { -$0 }
                descent = -slope.reduce(0) { $0 + $1 * $1 }
            }
            if !(descent < -1e-14 * max(1, abs(value))) { break }
            // Long steps of transformed parameters lead to where the function is flat.
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            var step = min(1, 2 / length)
            var next = point
            var nextValue = Double.infinity
            while step > 1e-12 {
                next = zip(point, direction).map { $0 + step * $1 }
                nextValue = evaluate(next)
                if nextValue <= value + 1e-4 * step * descent { break }
                step /= 2
            }
            guard nextValue < value else {
                // Differences may have spoilt the curvature: once more along the gradient, then it is over.
                failures += 1
                if failures > 1 { break }
                inverse = QuasiNewton.identity(size)
                continue
            }
            let nextSlope = gradient(next)
            let moved = zip(next, point).map { $0 - $1 }
            let bent = zip(nextSlope, slope).map { $0 - $1 }
            QuasiNewton.update(&inverse, moved: moved, bent: bent)
            let gained = value - nextValue
            (point, value, slope) = (next, nextValue, nextSlope)
            if gained < 1e-10 * max(1, abs(value)), failures == 0 {
                failures = 1
                inverse = QuasiNewton.identity(size)
            } else if gained < 1e-10 * max(1, abs(value)) {
                break
            } else {
                failures = 0
            }
        }
        self.point = point
        self.value = value
    }

    private static func identity(_ size: Int) -> [Double] {
        (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 }
    }

    private static func update(_ inverse: inout [Double], moved: [Double], bent: [Double]) {
        let size = moved.count
        let curvature = zip(moved, bent).reduce(0) { $0 + $1.0 * $1.1 }
        let lengths = moved.reduce(0) { $0 + $1 * $1 } * bent.reduce(0) { $0 + $1 * $1 }
        guard curvature > 1e-10 * lengths.squareRoot(), curvature > 0 else { return }
        let product = (0..<size).map { row in (0..<size).reduce(0) { $0 + inverse[row * size + $1] * bent[$1] } }
        let quadratic = zip(bent, product).reduce(0) { $0 + $1.0 * $1.1 }
        let factor = (1 + quadratic / curvature) / curvature
        for row in 0..<size {
            for column in 0..<size {
                inverse[row * size + column] +=
                    factor * moved[row] * moved[column]
                    - (product[row] * moved[column] + moved[row] * product[column]) / curvature
            }
        }
    }
}
