import Foundation

/// A file that is gone when it is not needed any more.
final class TemporaryFile {
    let path: String

    init(_ bytes: some Sequence<UInt8>, extension: String = "csv") throws {
        path = "\(NSTemporaryDirectory())outlier-\(UUID().uuidString).\(`extension`)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ text: String, extension: String = "csv") throws {
        try self.init(text.utf8, extension: `extension`)
    }

    /// A name under which nothing is.
    init(extension: String) {
        path = "\(NSTemporaryDirectory())outlier-\(UUID().uuidString).\(`extension`)"
    }

    var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    }

    var text: String {
        get throws { String(decoding: try bytes, as: UTF8.self) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
