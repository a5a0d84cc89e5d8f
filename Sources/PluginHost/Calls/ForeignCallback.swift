internal import CFFI
internal import OutlierCore

/// A Swift closure in the shape of a C function, for foreign functions that call back.
///
/// The code at ``address`` is valid as long as this object is. The closure may be called from whichever thread the
/// foreign function calls from; it cannot throw, for C could not pass the error on.
public final class ForeignCallback: @unchecked Sendable {
    public let argumentTypes: [ForeignType]
    public let resultType: ForeignType
    /// What to give to the foreign function.
    public let address: UnsafeMutableRawPointer

    private let body: @Sendable ([ForeignValue]) -> ForeignValue
    private let closure: UnsafeMutablePointer<ffi_closure>
    private let interface: UnsafeMutablePointer<ffi_cif>
    private let nativeTypes: NativeTypes

    /// - Parameter body: must give a value of the type `result`; C gets 0 where it gives another.
    /// - Throws: ``OutlierError/Code/invalidValue`` where no function can have these types,
    ///   ``OutlierError/Code/inputOutput`` where the system allows no memory for code.
    public init(
        arguments: [ForeignType], result: ForeignType, _ body: @escaping @Sendable ([ForeignValue]) -> ForeignValue
    ) throws {
        guard !arguments.contains(.void) else {
            throw OutlierError(.invalidValue, "a callback cannot take an argument of the type void")
        }
        var code: UnsafeMutableRawPointer?
        guard let memory = ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code), let code else {
            throw OutlierError(.inputOutput, "the system allows no memory for a callback's code")
        }
        argumentTypes = arguments
        resultType = result
        self.body = body
        address = code
        closure = memory.assumingMemoryBound(to: ffi_closure.self)
        interface = .allocate(capacity: 1)
        interface.initialize(to: ffi_cif())
        nativeTypes = NativeTypes(arguments + [result])
        // From here on the object is whole, so that throwing runs `deinit`.
        guard
            ffi_prep_cif(
                interface, FFI_DEFAULT_ABI, UInt32(clamping: arguments.count), nativeTypes.pointers[arguments.count],
                nativeTypes.pointers) == FFI_OK,
            ffi_prep_closure_loc(
                closure, interface,
                { _, result, arguments, context in ForeignCallback.called(result, arguments, context) },
                Unmanaged.passUnretained(self).toOpaque(), code) == FFI_OK
        else { throw OutlierError(.invalidValue, "a callback cannot have these types") }
    }

    deinit {
        ffi_closure_free(closure)
        interface.deallocate()
    }

    private static func called(
        _ result: UnsafeMutableRawPointer?, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ context: UnsafeMutableRawPointer?
    ) {
        guard let context else { return }
        let callback = Unmanaged<ForeignCallback>.fromOpaque(context).takeUnretainedValue()
        let values = callback.argumentTypes.enumerated().map { index, type in
            arguments?[index].map { ForeignValue(stored: $0, type: type) } ?? .void
        }
        let value = callback.body(values)
        guard let result, callback.resultType != .void else { return }
        if case .structure = callback.resultType {
            result.initializeMemory(as: UInt8.self, repeating: 0, count: callback.resultType.layout.size)
        } else {
            result.storeBytes(of: 0, as: UInt64.self)
        }
        if value.type == callback.resultType { value.widened.write(to: result) }
    }
}

extension ForeignValue {
    /// The value as a callback's result has it: libffi wants integers widened to a register.
    fileprivate var widened: ForeignValue {
        switch self {
        case .int8(let value): .int64(Int64(value))
        case .int16(let value): .int64(Int64(value))
        case .int32(let value): .int64(Int64(value))
        case .uint8(let value): .uint64(UInt64(value))
        case .uint16(let value): .uint64(UInt64(value))
        case .uint32(let value): .uint64(UInt64(value))
        default: self
        }
    }
}
