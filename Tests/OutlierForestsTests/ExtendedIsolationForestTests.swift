import Foundation
import OutlierCore
import OutlierForests
import OutlierTesting
import Testing

@Suite struct ExtendedIsolationForestTests {
    /// Walks every tree by hand, with products that are added up plainly.
    static func scoresByHand(_ model: FittedExtendedIsolationForest, _ data: Dataset) throws -> [Double] {
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let terms = model.extensionLevel + 1
        let leaves = try archive.bytes("leaves")
        let offsets = try archive.doubles("offsets")
        let counts = try archive.int32s("row-counts")
        let coefficients = try archive.floats("coefficients")
        let columns = try archive.int32s("columns")
        let sizes = try archive.integers("node-counts")
        return (0..<data.rowCount).map { row in
            let values = data.matrix.row(row)
            var sum = 0.0
            var start = 0
            var firstNormal = 0
            for size in sizes {
                var node = 0
                var depth = 0
                while leaves[start + node] == 0 {
                    let rank = (0..<node).filter { leaves[start + $0] == 0 }.count
                    var product = 0.0
                    for term in 0..<terms {
                        let place = (firstNormal + rank) * terms + term
                        let column = columns.isEmpty ? term : Int(columns[place])
                        product += values[column] * Double(coefficients[place])
                    }
                    node = 1 + 2 * rank + (product > offsets[start + node] ? 1 : 0)
                    depth += 1
                }
                sum += Double(depth) + IsolationForestTests.meanPath(Int(counts[start + node]))
                start += size
                firstNormal += size / 2
            }
            return exp2(-sum / (Double(sizes.count) * IsolationForestTests.meanPath(model.sampleSize)))
        }
    }

    @Test(arguments: [nil, 0, 2, 5, 10])
    func kernelAgreesWithPlainDescent(level: Int?) throws {
        let data = SyntheticData.clusters(rows: 501, columns: 11).data
        let model = try ExtendedIsolationForest(trees: 20, extensionLevel: level).fit(data)
        #expect(model.extensionLevel == level ?? 10)
        let byHand = try Self.scoresByHand(model, data)
        let scores = try model.scores(of: data).values
        // Another order of summation may send a row that lies on a cut the other way; no more than that.
        #expect(Agreement.largestDifference(scores, byHand) < 1e-12)
    }

    @Test func levelMustBeBelowTheColumns() throws {
        let data = SyntheticData.clusters(rows: 50, columns: 3, anomalies: 2).data
        do {
            _ = try ExtendedIsolationForest(extensionLevel: 3).fit(data)
            Issue.record("a level as high as the number of columns is accepted")
        } catch let error as OutlierError {
            #expect(error.code == .invalidParameter)
        }
    }

    /// Rows of the sample are in the leaves they were counted in.
    @Test func leavesHoldTheRowsThatWereCounted() throws {
        let data = SyntheticData.clusters(rows: 200, columns: 5).data
        let model = try ExtendedIsolationForest(trees: 1, sampleSize: 200).fit(data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let counts = try archive.int32s("row-counts")
        let leaves = try archive.bytes("leaves")
        #expect(counts.indices.filter { leaves[$0] == 1 }.map { Int(counts[$0]) }.reduce(0, +) == 200)
    }

    /// The paper's example: two clusters on a diagonal. Axis-parallel cuts find the two empty corners as ordinary as
    /// the clusters' edges; cuts at any angle do not.
    @Test func cutsAtAnyAngleSeeEmptyCorners() throws {
        var random = RandomSource(seed: 8)
        let rows = (0..<1000).map { row in
            let center = row % 2 == 0 ? 10.0 : 0
            return [center + random.normal(), (10 - center) + random.normal()]
        }
        let data = try Dataset(rows: rows)
        let corners = try Dataset(rows: [[0, 0], [10, 10]])
        let axis = try IsolationForest(trees: 300).fit(data).scores(of: corners).values
        let extended = try ExtendedIsolationForest(trees: 300).fit(data).scores(of: corners).values
        #expect(try #require(extended.min()) > (try #require(axis.max())))
    }
}
