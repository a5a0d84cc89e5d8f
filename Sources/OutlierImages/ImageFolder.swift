internal import Foundation
public import OutlierCore

/// Pictures in folders, as MVTec's data set and many others have them.
///
/// - A folder of pictures: they all are as they are, and nothing is known of them.
/// - A folder of folders, one of which is called `good`: the pictures in `good` are normal, those in the others are anomalies of
///   the kind that the folder is called. A mask is looked for in `ground_truth/KIND/NAME_mask.png` beside the folder of folders.
public struct ImageFolder: Sendable {
    /// One picture.
    public struct Item: Sendable, Hashable {
        public let path: String
        /// The name of its folder, where the folders say what is known.
        public let kind: String?
        /// A picture that is white where this one is anomalous.
        public let mask: String?

        /// What is known of the picture.
        public var label: Label {
            guard let kind else { return .unlabeled }
            return kind == "good" ? .normal : .anomaly
        }
    }

    /// Sorted by path.
    public let items: [Item]

    /// What a picture's name ends with.
    private static let endings = ["jpg", "jpeg", "png"]

    /// - Throws: ``OutlierError/Code/inputOutput`` where the folder cannot be read, ``OutlierError/Code/emptyData`` where there is
    ///   no picture in it.
    public init(contentsOf path: String) throws {
        let pictures = try Self.pictures(in: path)
        let folders = try Self.names(in: path).filter { Self.isFolder(path + "/" + $0) }
        var items: [Item] = pictures.map { Item(path: path + "/" + $0, kind: nil, mask: nil) }
        if pictures.isEmpty {
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
            for folder in folders {
                for name in try Self.pictures(in: path + "/" + folder) {
                    let stem = (name as NSString).deletingPathExtension
                    let mask = "\(parent)/ground_truth/\(folder)/\(stem)_mask.png"
                    items.append(
                        Item(
                            path: "\(path)/\(folder)/\(name)", kind: folders.contains("good") ? folder : nil,
                            mask: FileManager.default.fileExists(atPath: mask) ? mask : nil))
                }
            }
        } else if URL(fileURLWithPath: path).lastPathComponent == "good" {
            items = pictures.map { Item(path: path + "/" + $0, kind: "good", mask: nil) }
        }
        guard !items.isEmpty else {
            throw OutlierError(
                .emptyData, "there is no picture in “\(path)”",
                suggestion: "Pictures end with .jpg, .jpeg or .png, and lie in the folder or in folders within it.")
        }
        self.items = items
    }

    private static func names(in path: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path).filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw OutlierError(.inputOutput, "the folder “\(path)” cannot be read")
        }
    }

    private static func pictures(in path: String) throws -> [String] {
        try names(in: path).filter { endings.contains(($0 as NSString).pathExtension.lowercased()) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var result: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &result) && result.boolValue
    }
}
