import OutlierCore
import OutlierData
import Testing

@Suite struct NumberTests {
    /// The standard library's reading is taken for the truth: both must give the nearest double.
    @Test func everyFormIsReadToTheLastBit() throws {
        var random = RandomSource(seed: 21)
        var texts = [
            "0", "-0", "1.", "-.5", "00012", "1e5", "1E-5", "12345678", "123456789.", "9007199254740993",
            "9007199254740992.5", "18446744073709551615", "18446744073709551616", "9999999999999999999",
            "0.000000000000000001", "1e-400", "4.9e-324", "2.2250738585072011e-308", "1.7976931348623159e308",
        ]
        for _ in 0..<20000 {
            var digits = String(
                UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64.random(in: 0..<64, using: &random))
            if Bool.random(using: &random) {
                let point = digits.index(
                    digits.startIndex, offsetBy: Int.random(in: 0...digits.count, using: &random))
                digits.insert(".", at: point)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { digits += "e\(Int.random(in: -330...300, using: &random))" }
            texts.append(Bool.random(using: &random) ? digits : "-" + digits)
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max, using: &random))
            if value.isFinite { texts.append(value.description) }
        }
        let file = try TemporaryFile("x\n" + texts.joined(separator: "\n"))
        let read = try Table(contentsOf: file.path).rows.matrix.values
        #expect(read.count == texts.count)
        for (text, value) in zip(texts, read) {
            let expected = Double(text) ?? Double(text + "0") ?? .nan
            #expect(value.bitPattern == expected.bitPattern, "\(text)")
        }
    }
}
