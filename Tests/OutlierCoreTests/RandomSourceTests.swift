import Foundation
import OutlierCore
import Testing

@Suite struct RandomSourceTests {
    struct Case: Decodable {
        let seed: String
        let stream: String
        let next: [String]
        let uniform: [Double]
        let below: [String: [String]]
        let shuffled: [String: [Int]]

        func source() throws -> RandomSource {
            RandomSource(seed: try #require(UInt64(seed)), stream: try #require(UInt64(stream)))
        }
    }

    /// The published definitions, worked out by make_random.py.
    static func cases() throws -> [Case] {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/random.json")
        return try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
    }

    @Test func numbersAreThoseOfTheDefinition() throws {
        for one in try Self.cases() {
            var raw = try one.source()
            #expect(one.next.map { _ in String(raw.next()) } == one.next)
            var uniform = try one.source()
            #expect(one.uniform.map { _ in uniform.uniform() } == one.uniform)
        }
    }

    @Test func wholeNumbersAreThoseOfTheDefinition() throws {
        for one in try Self.cases() {
            #expect(one.below.count == 7)
            for (bound, expected) in one.below {
                var random = try one.source()
                let bound = try #require(Int(bound))
                #expect(expected.map { _ in String(random.index(below: bound)) } == expected, "below \(bound)")
            }
        }
    }

    @Test func shufflesAreThoseOfTheDefinition() throws {
        for one in try Self.cases() {
            #expect(one.shuffled.count == 5)
            for (count, expected) in one.shuffled {
                let elements = Array(0..<(try #require(Int(count))))
                var random = try one.source()
                #expect(elements.shuffled(using: &random) == expected)
                var again = try one.source()
                var changed = elements
                changed.shuffle(using: &again)
                #expect(changed == expected)
                #expect(random.next() == again.next())
            }
        }
    }

    @Test func samplesAreOfDifferentNumbersThatAreAllThere() {
        var random = RandomSource(seed: 3)
        for (count, bound) in [(0, 0), (0, 5), (1, 1), (5, 5), (3, 1000), (400, 1000)] {
            let sample = random.sample(count, below: bound)
            #expect(sample.count == count)
            #expect(Set(sample).count == count)
            #expect(sample.allSatisfy { (0..<bound).contains($0) })
        }
    }
}
