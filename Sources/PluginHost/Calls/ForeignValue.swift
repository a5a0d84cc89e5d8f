/// A value of a ``ForeignType``, on its way to a foreign function or back from it.
///
/// A pointer in it is as unsafe as any: who makes the call answers for what it points to.
public enum ForeignValue: Hashable, @unchecked Sendable {
    case void
    case int8(Int8)
    case uint8(UInt8)
    case int16(Int16)
    case uint16(UInt16)
    case int32(Int32)
    case uint32(UInt32)
    case int64(Int64)
    case uint64(UInt64)
    case float(Float)
    case double(Double)
    case pointer(UnsafeMutableRawPointer?)
    /// A struct, from its fields.
    case structure([ForeignValue])

    /// A value of the type `size_t`.
    public static func size(_ value: UInt) -> ForeignValue {
        ForeignType.size == .uint64 ? .uint64(UInt64(value)) : .uint32(UInt32(truncatingIfNeeded: value))
    }

    public var type: ForeignType {
        switch self {
        case .void: .void
        case .int8: .int8
        case .uint8: .uint8
        case .int16: .int16
        case .uint16: .uint16
        case .int32: .int32
        case .uint32: .uint32
        case .int64: .int64
        case .uint64: .uint64
        case .float: .float
        case .double: .double
        case .pointer: .pointer
        case .structure(let fields): .structure(fields.map(\.type))
        }
    }

    /// Writes the value as C has it; `slot` has room for a value of ``type``.
    func write(to slot: UnsafeMutableRawPointer) {
        switch self {
        case .void: break
        case .int8(let value): slot.storeBytes(of: value, as: Int8.self)
        case .uint8(let value): slot.storeBytes(of: value, as: UInt8.self)
        case .int16(let value): slot.storeBytes(of: value, as: Int16.self)
        case .uint16(let value): slot.storeBytes(of: value, as: UInt16.self)
        case .int32(let value): slot.storeBytes(of: value, as: Int32.self)
        case .uint32(let value): slot.storeBytes(of: value, as: UInt32.self)
        case .int64(let value): slot.storeBytes(of: value, as: Int64.self)
        case .uint64(let value): slot.storeBytes(of: value, as: UInt64.self)
        case .float(let value): slot.storeBytes(of: value, as: Float.self)
        case .double(let value): slot.storeBytes(of: value, as: Double.self)
        case .pointer(let value): slot.storeBytes(of: value, as: UnsafeMutableRawPointer?.self)
        case .structure(let fields):
            let offsets = ForeignType.layout(of: fields.map(\.type)).offsets
            for (field, offset) in zip(fields, offsets) { field.write(to: slot + offset) }
        }
    }

    /// Reads the result of a call. libffi widens integers narrower than a register to `ffi_arg`, a whole one.
    init(result slot: UnsafeRawPointer, type: ForeignType) {
        switch type {
        case .int8: self = .int8(Int8(truncatingIfNeeded: slot.load(as: UInt64.self)))
        case .uint8: self = .uint8(UInt8(truncatingIfNeeded: slot.load(as: UInt64.self)))
        case .int16: self = .int16(Int16(truncatingIfNeeded: slot.load(as: UInt64.self)))
        case .uint16: self = .uint16(UInt16(truncatingIfNeeded: slot.load(as: UInt64.self)))
        case .int32: self = .int32(Int32(truncatingIfNeeded: slot.load(as: UInt64.self)))
        case .uint32: self = .uint32(UInt32(truncatingIfNeeded: slot.load(as: UInt64.self)))
        default: self.init(stored: slot, type: type)
        }
    }

    /// Reads a value as C has it in memory.
    init(stored slot: UnsafeRawPointer, type: ForeignType) {
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
            case .structure(let fields):
                .structure(
                    zip(fields, ForeignType.layout(of: fields).offsets).map { field, offset in
                        ForeignValue(stored: slot + offset, type: field)
                    })
            }
    }
}
