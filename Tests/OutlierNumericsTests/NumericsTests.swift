import OutlierCore
import OutlierNumerics
import Testing

@Suite struct NumericsTests {
    /// Numbers of which many are equal, some infinite.
    static let lists: [[Double]] = [
        [], [1], [2, 2, 2], [1, 2, 2, 3], [-.infinity, 0, 0, 1, .infinity], Array(repeating: 0, count: 7) + [1],
        (0..<100).map { Double($0 * $0 % 31) }.sorted(),
    ]

    @Test func searchCountsAsGoingThroughAll() {
        for list in Self.lists {
            for value in list + [-3, 0.5, 2.5, 1e9, .infinity, -.infinity, .nan] {
                #expect(SortedSearch.count(below: value, in: list) == list.count { $0 < value })
                #expect(SortedSearch.count(upTo: value, in: list) == list.count { $0 <= value })
                let first = list.firstIndex { !($0 < value) } ?? list.endIndex
                #expect(SortedSearch.partition(list.indices) { list[$0] < value } == first)
            }
        }
        #expect(SortedSearch.partition(3..<3) { _ in true } == 3)
        #expect(SortedSearch.partition(3..<9) { $0 < 5 } == 5)
    }

    /// By the definition: one more than there are smaller ones, and half of the others that are equal.
    @Test func ranksAreMeanRanks() {
        for list in Self.lists {
            var random = RandomSource(seed: 1)
            let shuffled = list.shuffled(using: &random)
            let expected = shuffled.map { value in
                Double(shuffled.count { $0 < value }) + Double(shuffled.count { $0 == value } + 1) / 2
            }
            #expect(Ranks.averaged(shuffled) == expected)
        }
    }

    /// scipy.stats.spearmanr and pearsonr, 1.17.1, of the lists here.
    @Test func correlationsAreScipys() throws {
        let first: [Double] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
        let second: [Double] = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8]
        let spearman = try #require(Correlation.spearman(first, second))
        let pearson = try #require(Correlation.pearson(10) { (first[$0], second[$0]) })
        #expect(abs(spearman - 0.134_715_062_810_912_67) < 1e-14)
        #expect(abs(pearson - 0.104_922_842_877_358_76) < 1e-14)
    }

    @Test func whatIsConstantHasNoCorrelation() {
        #expect(Correlation.spearman([1, 1, 1], [1, 2, 3]) == nil)
        #expect(Correlation.spearman([], []) == nil)
        #expect(Correlation.spearman([1], [2]) == nil)
        // Their mean, rounded, is not 0.1.
        #expect(Correlation.pearson(3) { (0.1, Double($0)) } == nil)
        #expect(Correlation.pearson(0) { _ in (0, 0) } == nil)
        #expect(Correlation.pearson(2) { (Double($0) * 1e200, Double($0)) } == nil)
    }

    @Test func momentsDoNotOverflow() {
        let moments = Moments([1, 2, 3, 4])
        #expect(moments.mean == 2.5)
        #expect(abs(moments.variance - 1.25) < 1e-15)
        #expect(Moments([1e308, 1e308, 1e308]).mean == 1e308)
        #expect(Moments([]).mean == 0)
    }

    @Test func midpointsTellNeighboursApart() {
        for (low, high) in [
            (1.0, 2.0), (-1e308, 1e308), (1, 1.0.nextUp), (0, Double.leastNonzeroMagnitude), (-3, -2.5),
        ] {
            let middle = Midpoint.below(high, from: low)
            #expect(middle >= low && middle < high)
        }
        #expect(Midpoint.below(2, from: 1) == 1.5)
    }

    /// Python's math.lgamma, and scipy.special's digamma and gammainc, 1.17.1, of the same arguments.
    @Test func specialFunctions() {
        #expect(abs(SpecialFunctions.logGamma(0.5) - 0.572_364_942_924_700_1) < 1e-15)
        #expect(abs(SpecialFunctions.logGamma(101) - 363.739_375_555_563_5) < 1e-12)
        #expect(abs(SpecialFunctions.digamma(1) + 0.577_215_664_901_532_9) < 1e-15)
        #expect(abs(SpecialFunctions.digamma(25) - 3.198_742_512_851_974) < 1e-13)
        #expect(abs(SpecialFunctions.lowerGamma(2.5, 3) - 0.693_781_081_586_721_2) < 1e-14)
    }
}
