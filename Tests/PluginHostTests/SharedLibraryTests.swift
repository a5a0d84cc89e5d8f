import OutlierCore
import PluginHost
import Testing

@Suite struct SharedLibraryTests {
    private func error(_ body: () throws -> Void) -> OutlierError? {
        do {
            try body()
            return nil
        } catch {
            return error as? OutlierError
        }
    }

    @Test func refusesWhatIsNoLibrary() {
        let missing = error { _ = try SharedLibrary(path: "/nowhere/libnothing.so") }
        #expect(missing?.code == .inputOutput)
        #expect(missing?.message.contains("/nowhere/libnothing.so") == true)
        let text = error { _ = try SharedLibrary(path: #filePath) }
        #expect(text?.code == .inputOutput)
        #expect(text?.message.contains(#filePath) == true)
        #expect(error { _ = try SharedLibrary(path: "libm.so.6") }?.code == .inputOutput)
        #expect(error { _ = try SharedLibrary(path: "/lib\0m.so") }?.code == .inputOutput)
    }

    @Test func findsSymbols() throws {
        let library = try mathematics()
        _ = try library.symbol("pow")
        #expect(error { _ = try library.symbol("") }?.code == .unknownName)
        let missing = error { _ = try library.symbol("no_such_function") }
        #expect(missing?.code == .unknownName)
        #expect(missing?.message.contains("no_such_function") == true)
        #expect(missing?.message.contains(library.path) == true)
    }
}
