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
    private let nativeTypes: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

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
        nativeTypes = .allocate(capacity: max(arguments.count, 1))
        nativeTypes.initialize(repeating: nil, count: max(arguments.count, 1))
        for (index, type) in arguments.enumerated() { nativeTypes[index] = type.native }
        // From here on the object is whole, so that throwing runs `deinit`.
        guard
            ffi_prep_cif(interface, FFI_DEFAULT_ABI, UInt32(clamping: arguments.count), result.native, nativeTypes)
                == FFI_OK,
            ffi_prep_closure_loc(
                closure, interface,
                { _, result, arguments, context in ForeignCallback.called(result, arguments, context) },
                Unmanaged.passUnretained(self).toOpaque(), code) == FFI_OK
        else { throw OutlierError(.invalidValue, "a callback cannot have these types") }
    }

    deinit {
        ffi_closure_free(closure)
        interface.deallocate()
        nativeTypes.deallocate()
    }

    private static func called(
        _ result: UnsafeMutableRawPointer?, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        _ context: UnsafeMutableRawPointer?
    ) {
        guard let context else { return }
        let callback = Unmanaged<ForeignCallback>.fromOpaque(context).takeUnretainedValue()
        let values = callback.argumentTypes.enumerated().map { index, type in
            arguments?[index].map { ForeignValue(argument: $0, type: type) } ?? .void
        }
        let value = callback.body(values)
        guard let result, callback.resultType != .void else { return }
        result.storeBytes(of: 0, as: UInt64.self)
        if value.type == callback.resultType { value.widened.write(to: result) }
    }
}

extension ForeignValue {
    /// Reads an argument as C has it.
    fileprivate init(argument slot: UnsafeRawPointer, type: ForeignType) {
        self =
            switch type {
            case .void: .void
            case .int8: .int8(slot.loadUnaligned(as: Int8.self))
            case .uint8: .uint8(slot.loadUnaligned(as: UInt8.self))
            case .int16: .int16(slot.loadUnaligned(as: Int16.self))
            case .uint16: .uint16(slot.loadUnaligned(as: UInt16.self))
            case .int32: .int32(slot.loadUnaligned(as: Int32.self))
            case .uint32: .uint32(slot.loadUnaligned(as: UInt32.self))
            case .int64: .int64(slot.loadUnaligned(as: Int64.self))
            case .uint64: .uint64(slot.loadUnaligned(as: UInt64.self))
            case .float: .float(slot.loadUnaligned(as: Float.self))
            case .double: .double(slot.loadUnaligned(as: Double.self))
            case .pointer: .pointer(slot.load(as: UnsafeMutableRawPointer?.self))
            }
    }

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
