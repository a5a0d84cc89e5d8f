import OutlierCore
import OutlierStreams
import Testing

@Suite struct RandomCutTreeTests {
    /// What a tree over these points must be, whatever its cuts: counts and boxes follow from the points below a node, and a
    /// leaf's displacement from the counts. Checked through ``RandomCutTree/read(_:capacity:columnCount:)``, which computes
    /// counts and boxes anew and refuses cuts that do not separate.
    private func check(_ tree: RandomCutTree, holds points: [[Double]], _ location: SourceLocation = #_sourceLocation)
        throws
    {
        let flat = tree.flat
        let (again, leaves) = try RandomCutTree.read(flat, capacity: tree.capacity, columnCount: tree.columnCount)
        var held: [[Double]] = []
        for (position, leaf) in flat.leaves.enumerated() {
            let point = Array(tree.point(ofLeaf: leaf))
            for _ in 0..<flat.counts[position] { held.append(point) }
            let value = tree.displacement(ofLeaf: leaf)
            #expect(value == again.displacement(ofLeaf: leaves[position]), sourceLocation: location)
        }
        let order: ([Double], [Double]) -> Bool = { $0.lexicographicallyPrecedes($1) }
        #expect(held.sorted(by: order) == points.sorted(by: order), sourceLocation: location)
        for probe in [[0.0, 0.0], [5.0, -3.0], points.first ?? [1, 1]] {
            probe.withUnsafeBufferPointer {
                #expect(
                    tree.expectedDisplacement(of: $0) == again.expectedDisplacement(of: $0), sourceLocation: location)
            }
        }
    }

    @Test func insertionsAndRemovalsKeepTheTreeWhole() throws {
        var random = RandomSource(seed: 11)
        var tree = RandomCutTree(capacity: 20, columnCount: 2)
        var present: [(leaf: Int32, point: [Double])] = []
        for step in 0..<600 {
            if present.count < 20, present.isEmpty || random.uniform() < 0.6 {
                // A coarse grid, so that equal points and equal columns come up.
                let point = [Double(random.index(below: 5)), Double(random.index(below: 5))]
                let leaf = point.withUnsafeBufferPointer { tree.insert($0, random: &random) }
                present.append((leaf, point))
            } else {
                let index = random.index(below: present.count)
                tree.remove(present[index].leaf)
                present.remove(at: index)
            }
            if step % 7 == 0 { try check(tree, holds: present.map(\.point)) }
        }
    }

    /// Two points far from a third: by the definition the first cut falls between them with a chance in proportion to the
    /// lengths, here 9 to 1, whatever the order in which they came. So the lone point is beside both in 9 of 10 trees.
    @Test func cutsFallInProportionToLengths() {
        for order in [[0.0, 1.0, 10.0], [10.0, 0.0, 1.0], [1.0, 10.0, 0.0]] {
            var lone = 0
            for seed in 0..<4000 {
                var random = RandomSource(seed: UInt64(seed))
                var tree = RandomCutTree(capacity: 3, columnCount: 1)
                var leaves: [Double: Int32] = [:]
                for value in order {
                    leaves[value] = [value].withUnsafeBufferPointer { tree.insert($0, random: &random) }
                }
                if let leaf = leaves[10.0], tree.displacement(ofLeaf: leaf) == 2 { lone += 1 }
            }
            // 0.9, with a standard error of 0.0047.
            #expect(abs(Double(lone) / 4000 - 0.9) < 0.02)
        }
    }

    /// A tree from which points were taken is distributed as if they had never come.
    @Test func takingOutLeavesTheDistribution() {
        var lone = 0
        for seed in 0..<4000 {
            var random = RandomSource(seed: UInt64(seed))
            var tree = RandomCutTree(capacity: 6, columnCount: 1)
            var leaves: [Double: Int32] = [:]
            for value in [4.0, 0.0, 7.0, 10.0, -5.0, 1.0] {
                leaves[value] = [value].withUnsafeBufferPointer { tree.insert($0, random: &random) }
            }
            for value in [7.0, 4.0, -5.0] { if let leaf = leaves[value] { tree.remove(leaf) } }
            if let leaf = leaves[10.0], tree.displacement(ofLeaf: leaf) == 2 { lone += 1 }
        }
        #expect(abs(Double(lone) / 4000 - 0.9) < 0.02)
    }

    /// The expectation against the mean of what insertions really give.
    @Test func theExpectationIsTheMeanOverInsertions() throws {
        var random = RandomSource(seed: 3)
        var tree = RandomCutTree(capacity: 30, columnCount: 2)
        for _ in 0..<25 {
            _ = [random.normal(), 2 * random.normal()].withUnsafeBufferPointer { tree.insert($0, random: &random) }
        }
        for probe in [[3.0, 0.5], [0.2, -6.0], [-1.0, 1.0], [8.0, 8.0]] {
            let expected = probe.withUnsafeBufferPointer { tree.expectedDisplacement(of: $0) }
            var sum = 0.0
            let trials = 20_000
            for _ in 0..<trials {
                var copy = tree
                let leaf = probe.withUnsafeBufferPointer { copy.insert($0, random: &random) }
                sum += copy.displacement(ofLeaf: leaf)
            }
            let mean = sum / Double(trials)
            #expect(abs(mean - expected) < 0.03 * max(1, expected), "\(probe): \(mean), \(expected)")
        }
    }

    @Test func damagedTreesAreRefused() throws {
        var random = RandomSource(seed: 1)
        var tree = RandomCutTree(capacity: 4, columnCount: 1)
        for value in [0.0, 1.0, 5.0] { _ = [value].withUnsafeBufferPointer { tree.insert($0, random: &random) } }
        let good = tree.flat
        func refuses(_ change: (inout RandomCutTree.Flat) -> Void) -> Bool {
            var flat = good
            change(&flat)
            return (try? RandomCutTree.read(flat, capacity: 4, columnCount: 1)) == nil
        }
        #expect(!refuses { _ in })
        #expect(refuses { $0.columns.removeLast() })
        #expect(refuses { $0.columns.append(-1) })
        #expect(refuses { $0.columns[0] = 1 })
        #expect(refuses { $0.cuts[0] += 100 })
        #expect(refuses { $0.points.swapAt(0, 2) })
        #expect(refuses { $0.counts.removeLast() })
        #expect(refuses { $0.columns = [-1, -1, -1] })
    }
}
