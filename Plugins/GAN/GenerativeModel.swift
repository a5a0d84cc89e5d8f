internal import Foundation
internal import Neural
internal import OutlierCore

/// The networks of a fitted adversarial model, and what they say of one-hot rows on the model's scale.
struct GenerativeModel: Sendable {
    /// How a row and what the generator makes of it are compared: R.
    enum Residual: String {
        /// The mean absolute difference of the columns; words count −ln of the probability that they are given.
        case absolute
        /// The mean squared difference of the columns, words likewise.
        case squared
        /// The root of the squared difference of the codes of the two.
        case codes
    }

    /// Where a row's code comes from.
    enum Inversion: Sendable {
        case encoder(Network)
        case search(LatentSearch)
    }

    let inversion: Inversion
    let generator: Network
    /// Codes what the generator makes, for residuals between codes.
    let recoder: Network?
    /// What the discriminator sees.
    let features: Network
    /// Whether it sees pairs: the row beside itself, or beside what the generator makes of it.
    let seesPairs: Bool
    let residual: Residual
    /// What only a training needs, by name: a fit that goes on from this one begins with them.
    let rivals: [String: Network]

    var latent: Int { generator.inputCount }
    var width: Int { generator.outputCount }

    /// What a training may call networks, whether or not the model has each.
    var networkNames: [String] { ["encoder", "generator", "recoder", "discriminator"] + rivals.keys.sorted() }

    /// The network that a training calls `name`.
    func network(_ name: String) -> Network? {
        if let rival = rivals[name] { return rival }
        switch (name, inversion) {
        case ("encoder", .encoder(let encoder)): return encoder
        case ("generator", _): return generator
        case ("recoder", _): return recoder
        case ("discriminator", _): return features
        default: return nil
        }
    }

    /// For each row R, the code, the discriminator's distance, and where asked what each column adds to R.
    struct Parts {
        var errors: [Double]
        var latents: Matrix
        var distances: [Double]
        var contributions: [Double] = []
    }

    /// - Throws: ``OutlierError/Code/columnMismatch`` where a column holds words and should not, or the other way,
    ///   `CancellationError`.
    func parts(
        of data: Dataset, columns: NetworkColumns, needsDistances: Bool, needsContributions: Bool = false,
        execution: Execution
    ) throws -> Parts {
        let matrix = try columns.matrix(of: data)
        let comparison = RowComparison(columns.layout, residual == .squared ? .squared : .absolute)
        var result = Parts(
            errors: [Double](repeating: 0, count: matrix.rowCount),
            latents: Matrix(rowCount: matrix.rowCount, columnCount: latent),
            distances: [Double](repeating: 0, count: matrix.rowCount))
        if needsContributions {
            result.contributions = [Double](repeating: 0, count: matrix.rowCount * columns.width)
        }
        try columns.forEachOneHotPortion(of: matrix, execution: execution) { rows, input in
            let first = rows.lowerBound
            let codes: [Float] =
                switch inversion {
                case .encoder(let encoder): try encoder.outputs(input, execution: execution)
                case .search(let search):
                    try search.codes(
                        of: input, comparison: comparison, generator: generator, features: features,
                        execution: execution)
                }
            let made = try generator.outputs(codes, execution: execution)
            result.latents.withUnsafeMutableBufferPointer { target in
                for (index, code) in codes.enumerated() { target[rows.lowerBound * latent + index] = Double(code) }
            }
            if residual == .codes, let recoder {
                let recoded = try recoder.outputs(made, execution: execution)
                for row in rows {
                    result.errors[row] = GenerativeModel.length(codes, recoded, row - first, latent)
                }
            } else {
                for row in rows {
                    var sum = 0.0
                    comparison.forEachCost(made, input, at: (row - first) * width) { sum += $1 }
                    result.errors[row] = sum
                }
            }
            if needsContributions {
                for row in rows {
                    comparison.forEachCost(made, input, at: (row - first) * width) { column, cost in
                        result.contributions[row * columns.width + column] = cost
                    }
                }
            }
            if needsDistances {
                let own = try features.outputs(seesPairs ? paired(input, input) : input, execution: execution)
                let other = try features.outputs(seesPairs ? paired(input, made) : made, execution: execution)
                for row in rows {
                    var sum = 0.0
                    for column in 0..<features.outputCount {
                        let index = (row - first) * features.outputCount + column
                        sum += Double(abs(own[index] - other[index]))
                    }
                    result.distances[row] = sum
                }
            }
        }
        return result
    }

    private static func length(_ first: [Float], _ second: [Float], _ row: Int, _ width: Int) -> Double {
        var squares = 0.0
        for index in row * width..<(row + 1) * width {
            let difference = Double(first[index]) - Double(second[index])
            squares += difference * difference
        }
        return squares.squareRoot()
    }

    private func paired(_ first: [Float], _ second: [Float]) -> [Float] {
        var result = [Float]()
        result.reserveCapacity(2 * first.count)
        for start in stride(from: 0, to: first.count, by: width) {
            result += first[start..<start + width]
            result += second[start..<start + width]
        }
        return result
    }
}

extension GenerativeModel: Persistable {
    func encode(to archive: inout ModelArchive) throws {
        archive.store(residual.rawValue, as: "residual")
        archive.store(seesPairs ? 1 : 0, as: "sees-pairs")
        try archive.store(generator, as: "generator")
        try archive.store(features, as: "discriminator")
        switch inversion {
        case .encoder(let encoder):
            archive.store("encoder", as: "inversion")
            try archive.store(encoder, as: "encoder")
        case .search(let search):
            archive.store("search", as: "inversion")
            search.encode(to: &archive)
        }
        archive.store(recoder == nil ? 0 : 1, as: "has-recoder")
        if let recoder { try archive.store(recoder, as: "recoder") }
        let names = rivals.keys.sorted()
        archive.store(.array(names.map(Value.string)), as: "rivals")
        for name in names { if let rival = rivals[name] { try archive.store(rival, as: "rival-\(name)") } }
    }

    init(from archive: ModelArchive, registry: Registry) throws {
        func network(_ name: String) throws -> Network { try Network(from: archive.child(name), registry: registry) }
        guard let residual = Residual(rawValue: try archive.string("residual")) else {
            throw OutlierError(.invalidModel, "the model has a score that this version does not know")
        }
        let generator = try network("generator")
        let features = try network("discriminator")
        let inversion: Inversion =
            switch try archive.string("inversion") {
            case "encoder": .encoder(try network("encoder"))
            case "search": .search(try LatentSearch(from: archive))
            default: throw OutlierError(.invalidModel, "the model finds codes in a way that this version does not know")
            }
        let recoder = try archive.integer("has-recoder", in: 0...1) == 1 ? try network("recoder") : nil
        var rivals: [String: Network] = [:]
        for name in try archive.value("rivals").array?.compactMap(\.string) ?? [] {
            rivals[name] = try network("rival-\(name)")
        }
        let seesPairs = try archive.integer("sees-pairs", in: 0...1) == 1
        let width = generator.outputCount
        var fits = features.inputCount == (seesPairs ? 2 * width : width)
        if case .encoder(let encoder) = inversion {
            fits = fits && encoder.inputCount == width && encoder.outputCount == generator.inputCount
        }
        if case .search = inversion { fits = fits && !seesPairs }
        if let recoder {
            fits = fits && recoder.inputCount == width && recoder.outputCount == generator.inputCount
        }
        guard fits, residual != .codes || recoder != nil else {
            throw OutlierError(.invalidModel, "the networks of the model do not fit together")
        }
        self.init(
            inversion: inversion, generator: generator, recoder: recoder, features: features, seesPairs: seesPairs,
            residual: residual, rivals: rivals)
    }
}
