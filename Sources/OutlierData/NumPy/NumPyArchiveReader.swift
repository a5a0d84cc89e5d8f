import OutlierCore

/// Reads the matrix of a `.npz` file, and the labels beside it.
struct NumPyArchiveReader {
    let archive: ZipArchive
    let options: ReadOptions
    let file: String
    let execution: Execution

    /// The names that matrix and labels have by custom.
    private static let usualMatrix = "X"
    private static let usualLabels = "y"

    func table() throws -> Table {
        let matrixMember = try matrixMember()
        let matrix = try array(matrixMember)
        var options = options
        var labels: [Label]?
        if let label = options.label, let member = member(label) {
            options.label = nil
            labels = try self.labels(of: array(member), name: label, rows: matrix.rowCount)
        } else if options.label == nil, let member = member(NumPyArchiveReader.usualLabels),
            name(member) != name(matrixMember)
        {
            // Nobody asked for labels: what does not look like them is something else.
            labels = try? self.labels(
                of: array(member), name: NumPyArchiveReader.usualLabels, rows: matrix.rowCount)
        }
        var known: [Label]?
        if let name = self.options.knownLabels {
            if name == self.options.label || name == NumPyArchiveReader.usualLabels && labels != nil {
                known = labels
            } else if let member = member(name) {
                known = try self.labels(of: array(member), name: name, rows: matrix.rowCount, isKnowledge: true)
            }
            // The matrix has no column of that name to look for any more.
            if known != nil { options.knownLabels = nil }
        }
        return try NumericTable(
            matrix: matrix, options: options, file: file, labels: labels, knownLabels: known
        ).table()
    }

    private func name(_ member: ZipArchive.Member) -> String {
        member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
    }

    private func member(_ name: String) -> ZipArchive.Member? {
        archive.members.first { self.name($0) == name }
    }

    private func matrixMember() throws -> ZipArchive.Member {
        let names = archive.members.map(name)
        if let wanted = options.member {
            if let member = member(wanted) { return member }
            throw OutlierError(
                .columnMismatch, "there is no array “\(wanted)” in the archive",
                suggestion: Suggestion.didYouMean(wanted, among: names) ?? list(names), location: .init(file: file))
        }
        if let member = member(NumPyArchiveReader.usualMatrix) { return member }
        if archive.members.count == 1 { return archive.members[0] }
        throw OutlierError(
            archive.members.isEmpty ? .emptyData : .invalidConfiguration,
            archive.members.isEmpty
                ? "there is no array in the archive" : "it must be said which of the archive's arrays is the table",
            suggestion: archive.members.isEmpty ? nil : list(names), location: .init(file: file))
    }

    private func list(_ names: [String]) -> String {
        "There are " + names.prefix(12).map { "“\($0)”" }.joined(separator: ", ") + "."
    }

    private func array(_ member: ZipArchive.Member) throws -> Matrix {
        do {
            return try NumPyArray(
                archive.open(member), byteCount: member.size, name: member.name, memoryLimit: options.memoryLimit,
                execution: execution
            ).matrix
        } catch var error as OutlierError {
            error.message = "the array “\(name(member))”: \(error.message)"
            throw error
        }
    }

    private func labels(
        of matrix: Matrix, name: String, rows: Int, isKnowledge: Bool = false
    ) throws -> [Label] {
        guard matrix.count == rows else {
            throw OutlierError(
                .shapeMismatch, "the array “\(name)” has \(matrix.count) labels for \(rows) rows",
                location: .init(file: file))
        }
        return try NumericTable.labels(
            matrix.values, name: name, options: options, file: file, isKnowledge: isKnowledge)
    }
}
