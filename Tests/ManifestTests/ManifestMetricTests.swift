import OutlierCore
import PluginHost
import Testing

@Suite struct ManifestMetricTests {
    private static let body = """
        metrics:
          gap:
            summary: Difference of the classes' mean scores.
            measure:
              symbol: gap
              arguments:
                [{type: const double *, is: scores}, {type: const uint8_t *, is: truth}, {type: size_t, is: rows}]
              returns: {type: double, is: value}
          weighted-hits:
            parameters: {weight: {type: number, default: 1}}
            measure:
              symbol: gap_out
              arguments:
                - {type: const float *, is: scores}
                - {type: const double *, is: truth}
                - {type: const int *, is: decisions}
                - {type: int, is: rows}
                - {type: double, parameter: weight}
                - {type: double *, is: value}
              returns: {type: int, is: status}

        """

    @Test func measures() throws {
        let registry = try TestLibrary.registry(Self.body)
        let evaluation = try Evaluation(
            scores: [1, 2, 6, 8], decisions: [true, false, true, true], truth: [false, false, true, true])
        #expect(try registry.metric("gap").value(of: evaluation) == .number(5.5))
        let hits = try registry.metric("weighted-hits", parameters: ["weight": 2])
        #expect(try hits.value(of: evaluation) == .number(1.5))
    }

    @Test func saysWhatItCannotMeasure() throws {
        let registry = try TestLibrary.registry(Self.body)
        let oneClass = try Evaluation(scores: [1, 2], truth: [true, true])
        let undefined = error { _ = try registry.metric("gap").value(of: oneClass) }
        #expect(undefined?.code == .undefinedMetric && undefined?.component == "gap")
        #expect(undefined?.message.contains("“tests”") == true)
        let undecided = error { _ = try registry.metric("weighted-hits").value(of: oneClass) }
        #expect(undecided?.code == .missingDecisions && undecided?.suggestion == "Choose a threshold.")
    }
}
