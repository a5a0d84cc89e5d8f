internal import OutlierCore
internal import OutlierYAML

/// A plug-in that a YAML file describes: a shared library, and what its functions and their arguments stand for.
///
/// Reading a manifest opens nothing; ``ManifestPlugin/load(path:)`` does.
struct Manifest: Sendable {
    enum Library: Sendable, Hashable {
        /// The whole path of a file.
        case file(String)
        /// A name that the system's loader finds: `libgsl.so.27`.
        case system(String)

        var text: String {
            switch self {
            case .file(let path): path
            case .system(let name): name
            }
        }
    }

    /// The plug-in's name.
    var name = ""
    /// The plug-in's own version.
    var version = ""
    /// The whole path of the manifest.
    let path: String
    var library = Library.system("")
    /// The digest that the library's file must have, in lower-case hexadecimal digits.
    var digest: String?
    /// A function without arguments that is called once, after the library is opened.
    var setup: String?
    var components: [ManifestComponent] = []
    let located: LocatedValue

    /// The error, with the plug-in that it is about and the place in the manifest.
    func attributed(_ error: OutlierError) -> OutlierError {
        var error = located.locating(error)
        if !name.isEmpty, !error.message.contains("“\(name)”") {
            error.message = "the plug-in “\(name)”: \(error.message)"
        }
        return error
    }

    func attributing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as OutlierError {
            throw attributed(error)
        }
    }
}

/// A detector, preprocessor or metric of a manifest.
struct ManifestComponent: Sendable {
    let kind: ComponentKind
    let name: String
    var summary = ""
    var reference: String?
    var parameters: [ManifestParameter] = []
    /// Whether its functions may be called from several threads at once.
    var isThreadSafe = false
    /// Whether its functions take missing values (NaN).
    var takesMissing = false
    /// The number of columns that it takes; `nil` for any.
    var columnCount: Int?
    /// Whether the function gives low scores to anomalies.
    var lowIsAnomalous = false
    /// How many columns a preprocessor gives; `nil` for as many as it gets.
    var outputColumns: SizeExpression?
    var state = ManifestState.none
    var fit: ManifestFunction?
    /// What scores, changes or measures.
    var work: ManifestFunction
    let path: [String]
}

/// A parameter of a component, and the number that stands for each word where C is to get one.
struct ManifestParameter: Sendable {
    let description: ParameterDescription
    let codes: [String: Int]
}

/// What a fit leaves for scoring.
enum ManifestState: Sendable {
    case none
    /// As many doubles, which a model's file holds.
    case doubles(SizeExpression)
    /// As many bytes, which a model's file holds.
    case bytes(SizeExpression)
    /// What only the library knows.
    case pointer(free: String?, persistence: Persistence?)

    /// The functions that turn a pointer into bytes and back.
    struct Persistence: Sendable {
        let size: ManifestFunction
        let save: ManifestFunction
        let load: ManifestFunction
    }

    var isPointer: Bool { if case .pointer = self { true } else { false } }
}

/// A function of the library.
struct ManifestFunction: Sendable {
    enum Role: String, Sendable {
        case fit
        case score
        case apply
        case measure
        case size
        case save
        case load
    }

    /// What one call is about.
    enum Unit: String, Sendable, CaseIterable {
        case table
        case row
        case column
        case value
    }

    let role: Role
    let symbol: String
    var unit = Unit.table
    var arguments: [ManifestArgument] = []
    var result = ManifestResult(type: .void, meaning: .ignored, path: [])
    let path: [String]

    /// Every argument that is no struct, and every field of those that are.
    var leaves: [ManifestLeaf] {
        arguments.flatMap { argument in
            switch argument {
            case .plain(let leaf): [leaf]
            case .structure(let fields, _, _): fields
            }
        }
    }

    func has(_ test: (ManifestMeaning) -> Bool) -> Bool { leaves.contains { test($0.meaning) } }
}

enum ManifestArgument: Sendable {
    case plain(ManifestLeaf)
    /// A struct, by value or by its address.
    case structure([ManifestLeaf], byAddress: Bool, path: [String])

    var foreign: ForeignType {
        switch self {
        case .plain(let leaf): leaf.type.foreign
        case .structure(let fields, let byAddress, _):
            byAddress ? .pointer : .structure(fields.map(\.type.foreign))
        }
    }
}

/// An argument, or a field of a struct: its type and what it stands for.
struct ManifestLeaf: Sendable {
    let type: CType
    let meaning: ManifestMeaning
    let path: [String]
}

/// What an argument stands for.
enum ManifestMeaning: Sendable, Hashable {
    case rows
    case columns
    case elements
    case stride
    case matrix(columnMajor: Bool)
    case row
    case column
    case value
    case state
    case scores
    case score
    case truth
    case decisions
    case output(columnMajor: Bool)
    case outputColumns
    case seed
    case threads
    case userData
    case bytes
    case byteCount
    case parameter(String)
    case constant(Value)
    /// A whole number that depends on the table's size.
    case number(SizeExpression)
    case workspace(SizeExpression)
    case status([Int])
    case progress(ManifestCallback)

    /// The word after `is:`, or the key, in a manifest.
    var word: String {
        switch self {
        case .rows: "rows"
        case .columns: "columns"
        case .elements: "elements"
        case .stride: "stride"
        case .matrix: "matrix"
        case .row: "row"
        case .column: "column"
        case .value: "value"
        case .state: "state"
        case .scores: "scores"
        case .score: "score"
        case .truth: "truth"
        case .decisions: "decisions"
        case .output: "output"
        case .outputColumns: "output-columns"
        case .seed: "seed"
        case .threads: "threads"
        case .userData: "user-data"
        case .bytes: "bytes"
        case .byteCount: "byte-count"
        case .parameter(let name): "parameter: \(name)"
        case .constant(let value): "constant: \(value)"
        case .number(let expression): "number: \(expression.text)"
        case .workspace: "workspace"
        case .status: "status"
        case .progress: "callback: progress"
        }
    }
}

/// The shape of the function that a library calls to tell how far it is.
struct ManifestCallback: Sendable, Hashable {
    enum Part: String, Sendable, CaseIterable {
        /// The part of the work that is done, 0 to 1.
        case fraction
        /// How many steps are done.
        case step
        /// How many steps there are.
        case steps
        case userData = "user-data"
        case ignored
    }

    var types: [ForeignType] = [.double, .pointer]
    var parts: [Part] = [.fraction, .userData]
    var result = ForeignType.int32
    /// What the host answers to ask the library to stop; 0 asks it to go on.
    var stop = 1
}

/// What a function gives back.
struct ManifestResult: Sendable {
    enum Meaning: Sendable, Hashable {
        case ignored
        /// Says whether the call went well: one of these numbers where it did.
        case status(ok: [Int], message: String?)
        case score
        /// The address of one score a row, and the function that frees it.
        case scores(free: String?)
        case state
        case value
        case byteCount
    }

    let type: CType
    let meaning: Meaning
    let path: [String]
}
