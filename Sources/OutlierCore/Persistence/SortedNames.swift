/// The names of an archive's tensors and values, in the order of their bytes, so that those that begin with the name of a child
/// stand together. A model of thousands of members would otherwise look at all names once for each of them.
struct SortedNames: Sendable {
    private struct Name: Sendable {
        /// The whole name, as the archive that was read has it.
        let bytes: [UInt8]
        /// The bytes of it that lead to this archive.
        var skipped: Int

        var rest: ArraySlice<UInt8> { bytes[skipped...] }
    }

    private var tensors: [Name]
    private var values: [Name]

    init(tensors: some Sequence<String>, values: some Sequence<String>) {
        func sorted(_ names: some Sequence<String>) -> [Name] {
            names.map { Name(bytes: Array($0.utf8), skipped: 0) }.sorted {
                $0.bytes.lexicographicallyPrecedes($1.bytes)
            }
        }
        self.tensors = sorted(tensors)
        self.values = sorted(values)
    }

    private init(tensors: [Name], values: [Name]) {
        self.tensors = tensors
        self.values = values
    }

    typealias Renamed = [(short: String, full: String)]

    /// The names below `name`: as a child has them and as this archive has them; and those of the child.
    func below(_ name: String) -> (tensors: Renamed, values: Renamed, rest: SortedNames) {
        let prefix = Array((name + "/").utf8)
        func part(_ names: [Name]) -> (Renamed, [Name]) {
            var low = 0
            var high = names.count
            while low < high {
                let middle = (low + high) / 2
                if names[middle].rest.lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
            }
            var renamed: Renamed = []
            var rest: [Name] = []
            for name in names[low...] {
                guard name.rest.starts(with: prefix) else { break }
                let full = String(decoding: name.rest, as: UTF8.self)
                let child = Name(bytes: name.bytes, skipped: name.skipped + prefix.count)
                renamed.append((String(decoding: child.rest, as: UTF8.self), full))
                rest.append(child)
            }
            return (renamed, rest)
        }
        let (tensorNames, tensorRest) = part(tensors)
        let (valueNames, valueRest) = part(values)
        return (tensorNames, valueNames, SortedNames(tensors: tensorRest, values: valueRest))
    }
}
