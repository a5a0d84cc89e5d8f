#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A seeded generator of random numbers: xoshiro256++ (Blackman & Vigna, 2019), seeded by SplitMix64.
///
/// One seed gives one sequence on every machine. A seed and a stream number give a sequence of its own, so that work
/// split over threads draws the same numbers however it is split: give each unit of work (a tree, a block of rows)
/// its own stream.
///
/// What is drawn by the functions here, and by `shuffle(using:)` and `shuffled(using:)` of collections, stays what it is.
/// Other functions that draw from a generator, as `Int.random(in:using:)` and `randomElement(using:)`, belong to Swift's
/// standard library, which may change the numbers that they give.
public struct RandomSource: RandomNumberGenerator, Sendable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64
    private var spareNormal: Double?

    public init(seed: UInt64, stream: UInt64 = 0) {
        var state = RandomSource.mixed(seed) ^ RandomSource.mixed(stream &+ 0x632B_E59B_D9B4_E019)
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            return RandomSource.mixed(state)
        }
        s0 = next()
        s1 = next()
        s2 = next()
        s3 = next()
    }

    /// The finaliser of SplitMix64: spreads every bit of `value` over all bits of the result.
    public static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    @inlinable
    public mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = ((sum << 23) | (sum >> 41)) &+ s0
        let shifted = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// A number in 0..<1, a multiple of 2⁻⁵³.
    @inlinable
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A whole number in 0..<`bound`, each equally likely (Lemire, 2019). `bound` must be positive.
    @inlinable
    public mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "there is no whole number from 0 to below \(bound)")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            // Products whose lower half is less than this come once too often.
            let surplus = (0 &- bound) % bound
            while product.low < surplus { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// A number of the exponential distribution of mean 1.
    public mutating func exponential() -> Double { -log(1 - uniform()) }

    /// A standard normal number (Marsaglia's polar method).
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        while true {
            let u = 2 * uniform() - 1
            let v = 2 * uniform() - 1
            let square = u * u + v * v
            if square > 0 && square < 1 {
                let factor = (-2 * log(square) / square).squareRoot()
                spareNormal = v * factor
                return u * factor
            }
        }
    }

    /// `count` different whole numbers of 0..<`bound` in random order. `count` must not be above `bound`.
    public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition(count >= 0 && count <= bound, "a sample cannot be larger than what it is drawn from")
        if count * 3 < bound {
            // Few out of many: Floyd's method, then a shuffle, needs memory for the sample alone.
            var chosen: Set<Int> = []
            chosen.reserveCapacity(count)
            var result: [Int] = []
            result.reserveCapacity(count)
            for upper in (bound - count)..<bound {
                let candidate = index(below: upper + 1)
                let value = chosen.insert(candidate).inserted ? candidate : upper
                if value == upper { chosen.insert(upper) }
                result.append(value)
            }
            result.shuffle(using: &self)
            return result
        }
        var indices = Array(0..<bound)
        for position in 0..<count {
            indices.swapAt(position, position + index(below: bound - position))
        }
        return Array(indices[0..<count])
    }
}
