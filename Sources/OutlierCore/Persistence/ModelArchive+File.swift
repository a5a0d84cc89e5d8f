extension ModelArchive {
    /// Writes the archive to a file, under its name only when it is complete.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``.
    public func save(to path: String) throws { try Safetensors.write(self, to: path) }

    /// Reads an archive that ``save(to:)`` wrote.
    ///
    /// - Throws: ``OutlierError/Code/inputOutput`` where the file cannot be read, ``OutlierError/Code/invalidModel``
    ///   where it is damaged.
    public init(contentsOf path: String) throws {
        let bytes = try FileBytes.read(path)
        do {
            self = try bytes.withUnsafeBytes { try Safetensors.read($0) }
        } catch var error as OutlierError {
            error.location = error.location ?? OutlierError.Location(file: path)
            throw error
        }
    }
}
