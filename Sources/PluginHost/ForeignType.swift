internal import CFFI

/// A type of C that an argument or a result may have.
public enum ForeignType: String, Sendable, Hashable, CaseIterable {
    case void
    case int8
    case uint8
    case int16
    case uint16
    case int32
    case uint32
    case int64
    case uint64
    case float
    case double
    case pointer

    /// The type `size_t` of this machine.
    public static var size: ForeignType { MemoryLayout<UInt>.size == 8 ? .uint64 : .uint32 }

    var native: UnsafeMutablePointer<ffi_type> {
        switch self {
        case .void: outlier_ffi_void()
        case .int8: outlier_ffi_int8()
        case .uint8: outlier_ffi_uint8()
        case .int16: outlier_ffi_int16()
        case .uint16: outlier_ffi_uint16()
        case .int32: outlier_ffi_int32()
        case .uint32: outlier_ffi_uint32()
        case .int64: outlier_ffi_int64()
        case .uint64: outlier_ffi_uint64()
        case .float: outlier_ffi_float()
        case .double: outlier_ffi_double()
        case .pointer: outlier_ffi_pointer()
        }
    }
}
