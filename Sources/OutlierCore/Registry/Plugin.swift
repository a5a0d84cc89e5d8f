/// A family of components that is registered as one: what a plug-in target offers.
public protocol Plugin {
    /// The name of the family, for messages.
    static var name: String { get }
    /// Adds every component of the family.
    ///
    /// - Throws: ``OutlierError/Code/duplicateName`` where a name is taken.
    static func register(in registry: inout Registry) throws
}
