import ArgumentParser
import Foundation
import Outlier

struct PluginNewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Writes a plug-in that works, to begin with.",
        discussion: "A folder with the plug-in's name, in which a file README.md says how to build it.")

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case swift
        case c
        case manifest
    }

    @Argument(help: "The detector's name: lower-case letters, digits and hyphens.")
    var name: String

    @Option(help: "What it is written in: swift, c, or a manifest over plain functions of any library.")
    var kind: Kind

    @Option(help: "The folder to write it to; one of the plug-in's name if left out.", completion: .directory)
    var folder: String?

    @Option(
        help: "Where the package of Outlier is, for --kind swift; found from this program's own folder if left out.",
        completion: .directory)
    var package: String?

    func run() throws {
        let folder = URL(fileURLWithPath: folder ?? name)
        let files = try UsageError.wrapping {
            let name = try PluginName(name)
            return switch kind {
            case .swift: SwiftSkeleton.files(name, package: try packageFolder())
            case .c: CSkeleton.files(name)
            case .manifest: ManifestSkeleton.files(name)
            }
        }
        guard !FileManager.default.fileExists(atPath: folder.path) else {
            throw OutlierError(
                .outputFailed, "“\(folder.relativePath)” exists, and nothing in it is overwritten",
                suggestion: "Choose another name, or --folder.")
        }
        for file in files {
            let path = folder.appendingPathComponent(file.path)
            do {
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            } catch {
                throw OutlierError(.outputFailed, "cannot make the folder “\(path.deletingLastPathComponent().path)”")
            }
            let written = try AtomicFile(path: path.path)
            try written.write(file.text)
            try written.commit()
        }
        StandardOutput.write(
            "wrote \(files.map { "\(folder.relativePath)/\($0.path)" }.joined(separator: ", "))\n"
                + "Next: cd \(folder.relativePath), and read README.md.\n")
    }

    /// The package that this program was built from, where it lies in its build folder.
    private func packageFolder() throws -> String {
        if let package {
            let path = URL(fileURLWithPath: package).standardizedFileURL.path
            guard FileManager.default.fileExists(atPath: path + "/Package.swift") else {
                throw OutlierError(.inputOutput, "there is no package in “\(package)”")
            }
            return path
        }
        var folder = (Bundle.main.executableURL ?? URL(fileURLWithPath: "/")).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let manifest = try? String(contentsOf: folder.appendingPathComponent("Package.swift"), encoding: .utf8)
            if manifest?.contains("OutlierPluginSDK") == true { return folder.path }
        }
        throw OutlierError(
            .inputOutput, "the package of Outlier is not where this program is",
            suggestion: "Say where it is: --package FOLDER.")
    }
}

/// A name in the spellings that files and languages want.
struct PluginName {
    /// As configurations write it: `my-detector`.
    let kebab: String
    /// As C writes it: `my_detector`.
    let snake: String
    /// As Swift writes it: `MyDetector`.
    let camel: String

    init(_ name: String) throws {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        let fits = parts.allSatisfy { part in
            part.unicodeScalars.first.map { ("a"..."z").contains($0) } == true
                && part.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
        }
        guard fits, name.utf8.count <= 64 else {
            throw OutlierError(
                .invalidParameter,
                "the name “\(name)” must be lower-case letters and digits, parted by hyphens, for instance “my-detector”"
            )
        }
        kebab = name
        snake = parts.joined(separator: "_")
        camel = parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// A file of a plug-in to begin with.
struct SkeletonFile {
    var path: String
    var text: String

    /// A configuration that uses the plug-in, and a table for it.
    static func example(_ name: PluginName, plugin: String) -> [SkeletonFile] {
        let rows = (0..<60).map { row in
            "\(row % 7),\(row * 3 % 11),\(row * 5 % 13),0\n"
        }
        return [
            SkeletonFile(
                path: "example.yaml",
                text: """
                    # outlier run example.yaml
                    plugins: [\(plugin)]
                    data: {source: example.csv, label: outlier}
                    detector: \(name.kebab)
                    threshold: {quantile: {contamination: 0.05}}

                    """),
            SkeletonFile(path: "example.csv", text: "a,b,c,outlier\n" + rows.joined() + "40,-30,50,1\n-35,60,2,1\n"),
        ]
    }
}
