import OutlierCore
import Testing

/// Scores a row by its place, so that it reads order.
private struct Place: Detector, OrderReading {
    static let name = "place"
    static let summary = "The place of a row."
    static var parameters: [Parameter<Place>] { [] }

    func train(on data: Dataset, context: FitContext) throws -> Fitted { Fitted(featureCount: data.columnCount) }

    struct Fitted: FittedDetector, OrderReading, MissingTolerant {
        let featureCount: Int

        init(featureCount: Int) { self.featureCount = featureCount }

        func computeScores(of data: Dataset, execution: Execution) throws -> [Double] {
            (0..<data.rowCount).map(Double.init)
        }

        func encode(to archive: inout ModelArchive) throws { archive.store(featureCount, as: "features") }
        init(from archive: ModelArchive, registry: Registry) throws {
            featureCount = try archive.integer("features", in: 0...1000)
        }
    }
}

@Suite struct InstanceTraitsTests {
    @Test func commonTraits() {
        #expect(RowTraits.common(to: []) == [.missing, .categories, .weights])
        #expect(
            RowTraits.common(to: [[.missing, .weights, .order], [.missing, .labels]]) == [.missing, .labels, .order])
    }

    @Test func aPipelineAnswersFromItsParts() throws {
        let plain = Pipeline { CentroidDistance() }
        #expect(plain.takes == [])
        let filled = Pipeline {
            Imputer()
            CentroidDistance()
        }
        #expect(filled.takes == [.missing, .categories])
        let labelled = Pipeline {
            CentroidDistance()
            BestF1Threshold()
        }
        #expect(labelled.takes == .labels)
        #expect(labelled.partsRequiringLabels.map(\.recipe.name) == ["best-f1"])
        let rows = try Dataset(rows: [[1, 2], [3, 4], [5, 9]])
        #expect(try plain.fit(rows).takes == [])
        #expect(try filled.fit(rows).takes == [.missing, .categories])
    }

    @Test func orderIsReadByWhateverIsMadeOfADetectorThatReadsIt() throws {
        #expect(Place().takes == [.missing, .order])
        let pipeline = Pipeline {
            StandardScaler()
            Place()
        }
        #expect(pipeline.takes.contains(.order))
        #expect(Pipeline(detector: pipeline).takes.contains(.order))
        #expect(try Pipeline(detector: pipeline).fit(Dataset(rows: [[1], [2]])).takes.contains(.order))
        #expect(!Pipeline { CentroidDistance() }.takes.contains(.order))
    }

    @Test func thePartThatRefusesIsNamed() throws {
        let holed = try Dataset(rows: [[1, .nan], [3, 4]])
        let pipeline = Pipeline(detector: Pipeline { CentroidDistance() })
        let missing = #expect(throws: OutlierError.self) { try pipeline.fit(holed) }
        #expect(missing?.code == .missingValue && missing?.component == "centroid")
        let weighted = try Dataset(rows: [[1, 2], [3, 4]]).replacing(labels: nil, weights: [1, 2])
        let weights = #expect(throws: OutlierError.self) { try pipeline.fit(weighted) }
        #expect(weights?.code == .weightsNotTaken && weights?.component == "centroid")
    }

    @Test func fineTuningIsTheDetectorsMatter() {
        #expect(Pipeline { CentroidDistance() }.fineTuner == nil)
    }
}
