// The standard library's functions of these names take any generator and do not promise which order a seed gives. For a
// `RandomSource` these are chosen, since they say what they take.

extension MutableCollection where Self: RandomAccessCollection {
    /// Puts the elements in a random order, every order equally likely (Fisher & Yates; Durstenfeld, 1964). O(n).
    public mutating func shuffle(using random: inout RandomSource) {
        var place = startIndex
        var left = count
        while left > 1 {
            swapAt(place, index(place, offsetBy: random.index(below: left)))
            formIndex(after: &place)
            left -= 1
        }
    }
}

extension Sequence {
    /// The elements in a random order, every order equally likely. O(n).
    public func shuffled(using random: inout RandomSource) -> [Element] {
        var elements = Array(self)
        elements.shuffle(using: &random)
        return elements
    }
}
