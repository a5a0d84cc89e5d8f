/// How much of the rows, and how much of the space, lies below each score: what excess mass and mass volume are made of.
///
/// N. Goix, “How to Evaluate the Quality of Unsupervised Anomaly Detection Algorithms?”, 2016.
package struct LevelSetCurves {
    /// Ascending by score: the part of the rows that score no higher, and the part of the space.
    private let masses: [Double]
    private let volumes: [Double]

    /// - Parameters:
    ///   - rows: the scores of rows, at least one.
    ///   - space: the scores of places spread evenly over the space, whose volume is taken to be 1; at least one.
    package init(rows: [Double], space: [Double]) {
        let rows = rows.sorted()
        let space = space.sorted()
        var masses: [Double] = []
        var volumes: [Double] = []
        var place = 0
        var inside = 0
        while place < rows.count {
            let score = rows[place]
            while place < rows.count && rows[place] <= score { place += 1 }
            while inside < space.count && space[inside] <= score { inside += 1 }
            masses.append(Double(place) / Double(rows.count))
            volumes.append(Double(inside) / Double(space.count))
        }
        self.masses = masses
        self.volumes = volumes
    }

    /// The area under EM(t) = max (mass − t·volume), from t = 0 to where it falls to 0.9, or to `highest`: the higher, the
    /// better.
    package func excessMass(highest: Double = 100) -> Double {
        // The best level set at t = 0 is the smallest with all the mass; as t grows, smaller ones take over.
        var current = masses.count - 1
        var (t, area) = (0.0, 0.0)
        while t < highest && masses[current] > 0.9 {
            var next = highest
            var successor: Int?
            for index in 0..<current where volumes[index] < volumes[current] {
                let crossing = (masses[current] - masses[index]) / (volumes[current] - volumes[index])
                if crossing <= next {
                    if crossing == next, let other = successor, volumes[other] < volumes[index] { continue }
                    next = crossing
                    successor = index
                }
            }
            let floor = volumes[current] > 0 ? (masses[current] - 0.9) / volumes[current] : .infinity
            let end = min(next, max(t, floor))
            area += (end - t) * (masses[current] - (t + end) / 2 * volumes[current])
            t = end
            guard end < floor, let successor else { break }
            current = successor
        }
        return area
    }

    /// The mean volume of the smallest level sets that hold 0.9 to 0.999 of the rows: the lower, the better.
    package func massVolume(steps: Int = 100) -> Double {
        var sum = 0.0
        var place = 0
        for step in 0..<steps {
            let mass = 0.9 + 0.099 * (Double(step) + 0.5) / Double(steps)
            while place < masses.count - 1 && masses[place] < mass { place += 1 }
            sum += volumes[place]
        }
        return sum / Double(steps)
    }
}
