import OutlierCore
import Testing

@Suite struct ValueTests {
    @Test func jsonRoundTrip() throws {
        let value: Value = [
            "text": "a\"b\\c\n\t\u{1}é😀", "numbers": [0, -1, 0.1, 1e300, 2.5e-300, 123_456_789_012_345],
            "flags": [true, false, nil], "empty": [:], "none": [],
        ]
        #expect(try Value(json: value.json()) == value)
        #expect(try Value(json: value.json(indentation: 2)) == value)
        #expect(try Value(json: #"{"a":"\u00e9\ud83d\ude00\/"}"#) == ["a": "é😀/"])
    }

    @Test(arguments: [
        "", "{", "[1,", "{\"a\" 1}", "{\"a\":1,\"a\":2}", "01", "1.", "1e", "+1", "nul", "\"\\x\"", "\"\\ud800\"",
        "\"open", "[1] 2", "\"a\u{1}\"", "1e999", String(repeating: "[", count: 100_000),
    ])
    func badJSONIsAnError(text: String) {
        #expect(error { _ = try Value(json: text) }?.code == .malformedFile)
    }
}
