import OutlierCore
import Testing

@Suite struct RunTimeParametersTests {
    @Test func oneValueStandsForAListOfIt() throws {
        let list = try ParameterDescription(
            name: "layers", schema: ["type": "array", "items": ["type": "integer"], "default": [8]])
        // What the description is written as is read as the same.
        #expect(try ParameterDescription(name: "layers", schema: list.schema) == list)
        let pair: Value = ["type": "array", "items": ["type": "integer"], "minItems": 2, "default": [8, 9]]
        let two = try ParameterDescription(name: "pair", schema: pair)
        #expect(two.schema["type"] == "array" && two.schema["anyOf"] == nil, "one is not enough")
        #expect(error { try two.check(8) }?.code == .invalidParameter)
        let description = ComponentDescription(
            kind: .detector, name: "c", summary: "", plugin: "Tests", parameters: [list])
        #expect(try description.completed(["layers": 4.0])["layers"] == [4])
        #expect(error { _ = try description.completed(["layers": "x"]) }?.message.contains("a list") == true)
        #expect(error { _ = try description.completed(["layers": nil]) }?.code == .invalidParameter)
    }

    private let description = ComponentDescription(
        kind: .metric, name: "quantile-gap", summary: "For the tests.", plugin: "Tests",
        parameters: [
            ParameterDescription(name: "level", summary: "", kind: .number(.between(0, 1)), defaultValue: 0.5),
            ParameterDescription(name: "bins", summary: "", kind: .integer(.atLeast(1)), defaultValue: 8),
            ParameterDescription(
                name: "limit", summary: "", kind: .optional(.number(.all), null: "none"), defaultValue: .null),
        ])

    @Test func fillsInDefaultsAndNormalizes() throws {
        #expect(try description.completed([:]) == ["level": 0.5, "bins": 8, "limit": nil])
        let given = try description.completed(["limit": 2, "level": 1, "bins": 3.0])
        #expect(given == ["level": 1.0, "bins": 3, "limit": 2.0])
    }

    @Test func refusesWhatTheDescriptionDoesNotAllow() {
        let unknown = error { _ = try description.completed(["levle": 1]) }
        #expect(unknown?.code == .unknownParameter && unknown?.path == ["levle"])
        #expect(unknown?.component == "quantile-gap" && unknown?.suggestion?.contains("level") == true)
        let range = error { _ = try description.completed(["level": 2]) }
        #expect(range?.code == .invalidParameter && range?.path == ["level"])
        #expect(error { _ = try description.completed(["bins": nil]) }?.code == .invalidParameter)
        #expect(error { _ = try description.completed(3) }?.code == .invalidConfiguration)
    }

    @Test func registersComponentsThatAreNoTypes() throws {
        let description = description
        var registry = Registry()
        try registry.register(
            description,
            metric: { parameters, _ in
                _ = try description.completed(parameters)
                return ROCAUC()
            })
        #expect(try registry.metric("quantile-gap", parameters: ["level": 0.25]) is ROCAUC)
        #expect(error { _ = try registry.metric("quantile-gap", parameters: ["level": 7]) }?.path.last == "level")
        let again = error { try registry.register(description, metric: { _, _ in ROCAUC() }) }
        #expect(again?.code == .duplicateName)
    }
}
