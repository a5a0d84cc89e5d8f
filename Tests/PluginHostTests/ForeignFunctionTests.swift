import OutlierCore
import PluginHost
import Testing

@Suite struct ForeignFunctionTests {
    @Test func mathematicalFunctions() throws {
        let library = try mathematics()
        let power = try ForeignFunction("pow", in: library, arguments: [.double, .double], result: .double)
        #expect(try power.call(.double(2), .double(10)) == .double(1024))
        let root = try ForeignFunction("cbrt", in: library, arguments: [.double], result: .double)
        guard case .double(let three) = try root.call(.double(27)) else {
            Issue.record("the cube root is no double")
            return
        }
        #expect(abs(three - 3) < 1e-14)
        let narrow = try ForeignFunction("fabsf", in: library, arguments: [.float], result: .float)
        #expect(try narrow.call(.float(-2.5)) == .float(2.5))
        let round = try ForeignFunction("llround", in: library, arguments: [.double], result: .int64)
        #expect(try round.call(.double(-7.6)) == .int64(-8))
    }

    @Test func integersAndPointers() throws {
        let library = try standardLibrary()
        let absolute = try ForeignFunction("abs", in: library, arguments: [.int32], result: .int32)
        #expect(try absolute.call(.int32(-5)) == .int32(5))
        let length = try ForeignFunction("strlen", in: library, arguments: [.pointer], result: .size)
        var text = Array("anomaly".utf8) + [0]
        let count = try text.withUnsafeMutableBytes { bytes in try length.call(.pointer(bytes.baseAddress)) }
        #expect(count == .size(7))
        let reseed = try ForeignFunction("srand", in: library, arguments: [.uint32], result: .void)
        #expect(try reseed.call(.uint32(1)) == .void)
    }

    @Test func everyTypeGoesThereAndBack() throws {
        let values: [ForeignValue] = [
            .int8(.min), .uint8(.max), .int16(.min), .uint16(.max), .int32(.min), .uint32(.max), .int64(.min),
            .uint64(.max), .float(-1.5), .double(.pi), .pointer(nil), .pointer(UnsafeMutableRawPointer(bitPattern: 64)),
        ]
        for value in values {
            let echo = try ForeignCallback(arguments: [value.type], result: value.type) { $0[0] }
            let function = try ForeignFunction(
                "echo", address: echo.address, arguments: [value.type], result: value.type)
            let returned = try withExtendedLifetime(echo) { try function.call(value) }
            #expect(returned == value)
        }
    }

    @Test func sortsWithASwiftComparator() throws {
        let library = try standardLibrary()
        let sort = try ForeignFunction(
            "qsort", in: library, arguments: [.pointer, .size, .size, .pointer], result: .void)
        let comparator = try ForeignCallback(arguments: [.pointer, .pointer], result: .int32) { arguments in
            guard case .pointer(let left?) = arguments[0], case .pointer(let right?) = arguments[1] else {
                return .int32(0)
            }
            let (a, b) = (left.load(as: Double.self), right.load(as: Double.self))
            return .int32(a < b ? -1 : a > b ? 1 : 0)
        }
        var numbers = (0..<1000).map { Double($0 * 7919 % 1000) }
        let sorted = numbers.sorted()
        try numbers.withUnsafeMutableBytes { bytes in
            _ = try withExtendedLifetime(comparator) {
                try sort.call(.pointer(bytes.baseAddress), .size(1000), .size(8), .pointer(comparator.address))
            }
        }
        #expect(numbers == sorted)
    }

    @Test func checksArguments() throws {
        let power = try ForeignFunction("pow", in: mathematics(), arguments: [.double, .double], result: .double)
        #expect(throws: OutlierError.self) { _ = try power.call(.double(2)) }
        #expect(throws: OutlierError.self) { _ = try power.call(.double(2), .float(1)) }
        #expect(throws: OutlierError.self) {
            _ = try ForeignFunction("pow", in: mathematics(), arguments: [.void], result: .double)
        }
        #expect(throws: OutlierError.self) {
            _ = try ForeignCallback(arguments: [.void], result: .void) { _ in .void }
        }
    }
}
