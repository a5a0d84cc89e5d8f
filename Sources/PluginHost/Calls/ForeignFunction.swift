internal import CFFI
internal import OutlierCore

/// A function of a shared library that is called by its address and its C types, which are known only at run time.
///
/// The types of the arguments are checked at each call. Whether the function really has these types nothing can check:
/// who makes a `ForeignFunction` answers for that.
public final class ForeignFunction: @unchecked Sendable {
    public let name: String
    public let argumentTypes: [ForeignType]
    public let resultType: ForeignType

    let address: UnsafeMutableRawPointer
    // Keeps the code that `address` points to in memory.
    private let library: SharedLibrary?
    // Both stay where they are and are only read once made.
    let interface: UnsafeMutablePointer<ffi_cif>
    private let nativeTypes: NativeTypes

    /// The function called `name` of `library`.
    ///
    /// - Throws: ``OutlierError/Code/unknownName`` where the library has no such symbol,
    ///   ``OutlierError/Code/invalidValue`` where no function can have these types.
    public convenience init(
        _ name: String, in library: SharedLibrary, arguments: [ForeignType], result: ForeignType
    ) throws {
        try self.init(
            name, address: library.symbol(name), library: library, arguments: arguments, result: result)
    }

    /// The function at `address`, for instance one that a table of functions gives.
    ///
    /// - Parameter library: what has to stay open for the address to be valid.
    public init(
        _ name: String, address: UnsafeMutableRawPointer, library: SharedLibrary? = nil, arguments: [ForeignType],
        result: ForeignType
    ) throws {
        guard !arguments.contains(.void) else {
            throw OutlierError(.invalidValue, "the function “\(name)” cannot take an argument of the type void")
        }
        self.name = name
        self.address = address
        self.library = library
        argumentTypes = arguments
        resultType = result
        interface = .allocate(capacity: 1)
        interface.initialize(to: ffi_cif())
        nativeTypes = NativeTypes(arguments + [result])
        let status = ffi_prep_cif(
            interface, FFI_DEFAULT_ABI, UInt32(clamping: arguments.count), nativeTypes.pointers[arguments.count],
            nativeTypes.pointers)
        guard status == FFI_OK else {
            throw OutlierError(.invalidValue, "the function “\(name)” cannot be called with these types")
        }
    }

    deinit { interface.deallocate() }

    /// Calls the function.
    ///
    /// - Throws: ``OutlierError/Code/invalidValue`` where the arguments are not as many, or not of the types, that the
    ///   function takes.
    public func call(_ arguments: ForeignValue...) throws -> ForeignValue { try call(arguments) }

    /// Calls the function.
    public func call(_ arguments: [ForeignValue]) throws -> ForeignValue {
        guard arguments.count == argumentTypes.count else {
            throw OutlierError(
                .invalidValue,
                "the function “\(name)” takes \(argumentTypes.count) arguments, but \(arguments.count) were given")
        }
        for (index, (argument, type)) in zip(arguments, argumentTypes).enumerated() where argument.type != type {
            throw OutlierError(
                .invalidValue,
                "the argument \(index + 1) of the function “\(name)” must be \(type.name), but "
                    + "\(argument.type.name) was given")
        }
        let call = ForeignCall(self)
        for (index, argument) in arguments.enumerated() { argument.write(to: call.slot(index)) }
        return withExtendedLifetime(call) {
            call.invoke()
            return ForeignValue(result: call.result, type: resultType)
        }
    }
}
