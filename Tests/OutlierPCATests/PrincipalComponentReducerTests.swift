import OutlierCore
import OutlierPCA
import OutlierTesting
import Testing

@Suite struct PrincipalComponentReducerTests {
    private let data = SyntheticData.clusters(rows: 200, columns: 5).data

    @Test func componentsAreUncorrelatedAndFallInVariance() throws {
        let reduced = try PrincipalComponentReducer(components: 3).fit(data).transform(data)
        #expect(reduced.columns.map(\.name) == ["pc1", "pc2", "pc3"])
        let columns = (0..<3).map { reduced.matrix.column($0) }
        func covariance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / 199 }
        for first in 0..<3 {
            #expect(abs(columns[first].reduce(0, +)) < 1e-9)
            for second in 0..<first { #expect(abs(covariance(columns[first], columns[second])) < 1e-9) }
        }
        #expect(covariance(columns[0], columns[0]) > covariance(columns[1], columns[1]))
        let white = try PrincipalComponentReducer(components: 3, whiten: true).fit(data).transform(data)
        for column in 0..<3 {
            let values = white.matrix.column(column)
            #expect(abs(covariance(values, values) - 1) < 1e-9)
        }
    }

    @Test func aShareOfTheVarianceIsKept() throws {
        let all = try PrincipalComponentReducer().fit(data)
        #expect(all.axes.rowCount == 5)
        let most = try PrincipalComponentReducer(share: 0.9).fit(data)
        #expect(most.axes.rowCount < 5)
        #expect(try PrincipalComponentReducer(components: 1, share: 0.9).fit(data).axes.rowCount == 1)
        #expect(try PrincipalComponentReducer(share: 1).fit(data).axes.rowCount == 5)
    }

    @Test func aRowIsTransformedByItself() throws {
        let model = try PrincipalComponentReducer(whiten: true, standardize: true).fit(data)
        let whole = try model.transform(data)
        for row in [0, 7, 199] {
            #expect(try model.transform(data.rows(row..<row + 1)).matrix == whole.matrix.rows(row..<row + 1))
        }
    }

    @Test func savedAndLoaded() throws {
        let registry = try pcaRegistry()
        let model = try PrincipalComponentReducer(components: 2).fit(data)
        var archive = ModelArchive()
        try model.encode(to: &archive)
        let loaded = try FittedPrincipalComponentReducer(from: archive, registry: registry)
        #expect(try loaded.transform(data).matrix == model.transform(data).matrix)
        archive.store([1.0], as: "factors")
        #expect(throws: OutlierError.self) { try FittedPrincipalComponentReducer(from: archive, registry: registry) }
    }

    @Test func constantColumnsAreAnError() throws {
        let constant = try Dataset(rows: Array(repeating: [1.0, 2], count: 9))
        #expect(throws: OutlierError.self) { try PrincipalComponentReducer().fit(constant) }
    }
}
