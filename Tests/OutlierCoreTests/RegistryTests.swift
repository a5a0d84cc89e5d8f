import OutlierCore
import Testing

@Suite struct RegistryTests {
    @Test func makesByNameAndByAlias() throws {
        let registry = try Registry.forTests()
        let detector = try registry.detector("center", parameters: ["power": 2])
        #expect((detector as? CentroidDistance)?.power == 2)
        #expect(registry.names(of: .detector) == ["centroid", "pipeline"])
    }

    @Test func aCopyIsItsOwn() throws {
        let original = Registry()
        var copy = original
        try copy.register(CentroidDistance.self, plugin: "Tests")
        #expect(original.names(of: .detector).isEmpty)
        #expect(copy.names(of: .detector) == ["centroid"])
    }

    @Test func duplicateNamesAreRefused() throws {
        var registry = try Registry.forTests()
        let failure = error { try registry.register(CentroidDistance.self, plugin: "Other") }
        #expect(failure?.code == .duplicateName)
        #expect(failure?.message.contains("“Other”") == true && failure?.message.contains("“Tests”") == true)
    }

    @Test func aFamilyIsRegisteredWhollyOrNotAtAll() throws {
        enum Family: Plugin {
            static let name = "Family"
            static func register(in registry: inout Registry) throws {
                try registry.register(CentroidDistance.self, plugin: name)
                try registry.register(CentroidDistance.self, plugin: name)
            }
        }
        var registry = Registry()
        #expect(error { try registry.register(Family.self) }?.code == .duplicateName)
        #expect(registry.names(of: .detector).isEmpty)
    }

    @Test func errorsNameWhatIsNear() throws {
        let registry = try Registry.forTests()
        let unknown = error { _ = try registry.detector("centriod") }
        #expect(unknown?.code == .unknownName)
        #expect(unknown?.suggestion == "Did you mean “centroid”?")
        let parameter = error { _ = try registry.detector("centroid", parameters: ["pwoer": 2]) }
        #expect(parameter?.code == .unknownParameter)
        #expect(parameter?.suggestion == "Did you mean “power”?")
        #expect(parameter?.path == ["centroid", "pwoer"])
        let range = error { _ = try registry.detector("centroid", parameters: ["rounds": 11]) }
        #expect(range?.code == .invalidParameter)
        #expect(
            range?.message
                == "the parameter “rounds” must be a whole number, at least 1 and at most 10, but 11 was given")
        #expect(error { _ = try registry.detector("centroid", parameters: ["rounds": 2.5]) }?.code == .invalidParameter)
        #expect(error { _ = try registry.detector("centroid", parameters: ["power": "x"]) }?.code == .invalidParameter)
        #expect(error { _ = try registry.detector("centroid", parameters: 3) }?.code == .invalidConfiguration)
    }

    @Test func describesWhatTheComponentDeclares() throws {
        let description = try Registry.forTests().describe(.detector, "centroid")
        #expect(description.parameters.map(\.name) == ["power", "rounds"])
        #expect(description.parameters.map(\.defaultValue) == [1.0, 2])
        #expect(description.parameters[1].kind == .integer(.between(1, 10)))
        let pipeline = try Registry.forTests().describe(.detector, "pipeline")
        #expect(
            pipeline.capabilities
                == [.fineTunable, .missingTolerant, .categoryTolerant, .labelLearning, .weightLearning, .rowExcluding])
    }

    @Test func recipesMakeTheSameComponent() throws {
        let registry = try Registry.forTests()
        let pipeline = Pipeline {
            Imputer(strategy: .median)
            RobustScaler(lowerQuantile: 0.1, upperQuantile: 0.9)
            CentroidDistance(power: 3)
            MADThreshold(deviations: 4)
        }
        let again = try registry.detector(pipeline.recipe)
        #expect(again.recipe == pipeline.recipe)
        let read = try registry.detector(Recipe(Value(json: pipeline.recipe.value.json())))
        #expect(read.recipe == pipeline.recipe)
    }
}
