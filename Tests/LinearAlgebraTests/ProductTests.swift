import LinearAlgebra
import OutlierCore
import Testing

@Suite struct ProductTests {
    @Test(arguments: [(1, 1, 1), (3, 5, 2), (300, 17, 9), (129, 64, 130)])
    func equalsTheDefinition(_ m: Int, _ k: Int, _ n: Int) throws {
        let a = randomMatrix(m, k)
        let b = randomMatrix(k, n, seed: 2)
        let expected = naiveProduct(a, b)
        #expect(largestDifference(try product(a, b), expected) < 1e-12)
        #expect(largestDifference(try product(a.transposed(), b, transposingFirst: true), expected) < 1e-12)
        #expect(largestDifference(try product(a, b.transposed(), transposingSecond: true), expected) < 1e-12)
        let both = try product(a.transposed(), b.transposed(), transposingFirst: true, transposingSecond: true)
        #expect(largestDifference(both, expected) < 1e-12)
    }

    @Test func doesNotDependOnThreads() throws {
        let a = randomMatrix(700, 40)
        let b = randomMatrix(40, 30, seed: 2)
        let one = try product(a, b, execution: Execution(threads: 1))
        #expect(try product(a, b, execution: Execution(threads: 3)) == one)
    }

    @Test func refusesOtherInnerDimensions() {
        #expect(throws: OutlierError.self) { try product(randomMatrix(2, 3), randomMatrix(2, 3)) }
    }

    @Test func worksOnViewsAndNothing() throws {
        let a = randomMatrix(20, 4)
        let expected = naiveProduct(a.rows(3..<9), identity(4))
        #expect(largestDifference(try product(a.rows(3..<9), identity(4)), expected) < 1e-15)
        #expect(try product(a.rows(0..<0), identity(4)).rowCount == 0)
    }

    @Test func gramHoldsInnerProducts() throws {
        let a = randomMatrix(12, 50)
        #expect(largestDifference(try gramMatrix(a), naiveProduct(a, a.transposed())) < 1e-12)
    }
}
