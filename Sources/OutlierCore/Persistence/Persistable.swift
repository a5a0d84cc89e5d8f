/// What can be written to a model file and read back, equal to the bit.
public protocol Persistable: Sendable {
    /// Puts everything that scoring needs into `archive`.
    func encode(to archive: inout ModelArchive) throws

    /// Reads what ``encode(to:)`` wrote. The archive may be damaged or hostile: every count and index read from it must
    /// be checked before it is used.
    ///
    /// - Parameter registry: loads the components that this one is made of.
    /// - Throws: ``OutlierError/Code/invalidModel``.
    init(from archive: ModelArchive, registry: Registry) throws
}
