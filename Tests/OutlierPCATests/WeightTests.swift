import OutlierCore
import OutlierPCA
import OutlierTesting
import Testing

/// A row of weight 2 is as good as two equal rows, and a row of weight 0 as good as absent.
@Suite struct WeightTests {
    private static let detectors: [PrincipalComponents] =
        PrincipalComponentScore.allCases.map { PrincipalComponents(score: $0, components: 3) }
        + [PrincipalComponents(), PrincipalComponents(standardize: false)]

    @Test(arguments: detectors.indices) func weightsAreRepetitions(_ index: Int) throws {
        let data = SyntheticData.clusters(rows: 90, columns: 5, anomalies: 5).data
        let agreement = try WeightAgreement(of: WeightTests.detectors[index], on: data)
        #expect(agreement.repetitions < 1e-9)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    /// Fewer rows than columns, and with the rows repeated more.
    @Test func weightsOfWideTables() throws {
        let data = SyntheticData.clusters(rows: 20, columns: 25, anomalies: 2).data
        let agreement = try WeightAgreement(of: PrincipalComponents(score: .reconstruction, components: 4), on: data)
        #expect(agreement.repetitions < 1e-9)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    @Test func weightsOfTheRandomizedSolver() throws {
        let data = SyntheticData.clusters(rows: 300, columns: 12, anomalies: 10).data
        let agreement = try WeightAgreement(of: PrincipalComponents(components: 2, solver: .randomized), on: data)
        // Followed directions are all that there are, so that the axes are exact.
        #expect(agreement.repetitions < 1e-7)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }

    @Test func weightsOfIncompleteRows() throws {
        var data = SyntheticData.clusters(rows: 90, columns: 4, anomalies: 5).data
        var matrix = data.matrix
        for row in 0..<90 where row % 4 != 0 { matrix[row, row % 4] = .nan }
        data = try data.replacing(matrix)
        let agreement = try WeightAgreement(of: PrincipalComponents(), on: data)
        #expect(agreement.repetitions < 1e-9)
        #expect(agreement.onesAreNone && agreement.zerosAreAbsent && agreement.matters)
    }
}
