import Foundation
import OutlierCore
import OutlierNeighbors
import OutlierTesting
import OutlierTuning
import Testing

@Suite struct JournalTests {
    /// What cannot be read may hold the trials of weeks: nothing is appended to it.
    @Test func whatCannotBeReadIsAnError() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("locked.jsonl").path
        try "{}\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o200], ofItemAtPath: path)
        var registry = Registry()
        try registry.register(NeighborsPlugin.self)
        let table = SyntheticData.clusters(rows: 100).data
        // Root can read it all the same, but nobody can read a folder as a file.
        for journal in FileManager.default.isReadableFile(atPath: path) ? [folder.path] : [path, folder.path] {
            let tuner = try Tuner(
                space: SearchSpace(Recipe(name: "lof"), registry: registry),
                objective: Objective(table: table, reference: KNearestNeighbors(), context: FitContext(seed: 3)),
                trials: 2, journalPath: journal)
            let error = #expect(throws: OutlierError.self) {
                try tuner.run(registry: registry, context: FitContext(seed: 1))
            }
            #expect(error?.code == .inputOutput)
            #expect(error?.message.contains("cannot read the journal") == true)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "{}\n")
    }
}
