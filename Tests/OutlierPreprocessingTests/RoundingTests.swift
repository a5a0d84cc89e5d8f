import Foundation
import OutlierCore
import OutlierPreprocessing
import Testing

/// Results that rounding must not spoil.
@Suite struct RoundingTests {
    /// The rank of a value that occurs several times is the middle of its places: 17.5 of 0 to 22. Standardized it is
    /// (17.5 − 11) / √(994.5 / 23), where 994.5 is the sum of the squared ranks less their mean.
    @Test func aBlockOfEqualNumbersKeepsItsFirstKnot() throws {
        let values = (0..<15).map(Double.init) + [Double](repeating: 15, count: 6) + [16, 17]
        let data = try Dataset(rows: values.map { [$0] })
        let ranks = try QuantileTransform(output: .uniform).fit(data).transform(data)
        let z = try StandardScaler().fit(ranks).transform(ranks).matrix[15, 0]
        #expect(abs(z - 6.5 / (994.5 / 23).squareRoot()) < 1e-12)
        #expect(abs(z - 0.988_496) < 1e-6)
        let normal = try QuantileTransform(output: .normal).fit(data).transform(data).matrix[15, 0]
        #expect(abs(0.5 * erfc(-normal / 2.0.squareRoot()) - 17.5 / 22) < 1e-12)
    }

    @Test func everyBlockOfEqualNumbersIsWhole() throws {
        for count in 3...60 {
            for start in 1..<count - 1 {
                let length = min(3, count - 1 - start)
                guard length > 1 else { continue }
                var values = (0..<count).map(Double.init)
                for place in start..<start + length { values[place] = Double(start) }
                let fitted = try QuantileTransform(output: .uniform).fit(Dataset(rows: values.map { [$0] }))
                let rank = try fitted.transform(Dataset(rows: [[Double(start)]])).matrix[0, 0]
                let wanted = (Double(start) + Double(length - 1) / 2) / Double(count - 1)
                #expect(abs(rank - wanted) < 1e-12, "\(count) rows, \(length) equal ones from \(start)")
            }
        }
    }

    /// Two pairs of like columns, far from 0: the clusters are those that they have without the offset.
    @Test(arguments: [0, 1e6, 1e8, 1.7e9]) func columnsFarFromZeroAreClusteredAlike(offset: Double) throws {
        var random = RandomSource(seed: 3)
        let rows = (0..<200).map { _ -> [Double] in
            // Multiples of 2⁻¹⁰, which an offset does not round.
            let base = (0..<2).map { _ in (random.normal() * 1024).rounded() / 1024 }
            let near = base.map { $0 + (random.normal() * 16).rounded() / 1024 }
            return [base[0], base[1], near[1], near[0], (random.normal() * 1024).rounded() / 1024]
        }
        let model = try FeatureAgglomeration(clusters: 3).fit(
            Dataset(rows: rows.map { $0.map { $0 + offset } }))
        let row = try model.transform(Dataset(rows: [[1, 2, 4, 7, 11]])).matrix.row(0)
        // The means of columns 0 and 3, 1 and 2, and 4.
        #expect(row == [4, 3, 11])
    }
}
