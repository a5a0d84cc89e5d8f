internal import CFFI

/// A type of C that an argument or a result may have.
public indirect enum ForeignType: Sendable, Hashable {
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
    /// A struct by value, from the types of its fields.
    case structure([ForeignType])

    /// The type `size_t` of this machine.
    public static var size: ForeignType { MemoryLayout<UInt>.size == 8 ? .uint64 : .uint32 }

    /// The type in a message.
    public var name: String {
        switch self {
        case .structure(let fields): "struct {\(fields.map(\.name).joined(separator: ", "))}"
        default: "\(self)"
        }
    }

    /// How many bytes a value takes, and a multiple of what its address must be.
    var layout: (size: Int, alignment: Int) {
        switch self {
        case .void: (0, 1)
        case .int8, .uint8: (1, 1)
        case .int16, .uint16: (2, 2)
        case .int32, .uint32, .float: (4, 4)
        case .int64, .uint64: (MemoryLayout<Int64>.size, MemoryLayout<Int64>.alignment)
        case .double: (MemoryLayout<Double>.size, MemoryLayout<Double>.alignment)
        case .pointer: (MemoryLayout<UnsafeRawPointer>.size, MemoryLayout<UnsafeRawPointer>.alignment)
        case .structure(let fields): ForeignType.layout(of: fields).whole
        }
    }

    /// Where C puts the fields of a struct: each at the next multiple of its alignment.
    static func layout(of fields: [ForeignType]) -> (offsets: [Int], whole: (size: Int, alignment: Int)) {
        var offsets: [Int] = []
        var end = 0
        var alignment = 1
        for field in fields {
            let layout = field.layout
            end = (end + layout.alignment - 1) / layout.alignment * layout.alignment
            offsets.append(end)
            end += layout.size
            alignment = max(alignment, layout.alignment)
        }
        return (offsets, ((end + alignment - 1) / alignment * alignment, alignment))
    }
}

/// libffi's descriptions of some types, which must outlive every call that uses them.
final class NativeTypes: @unchecked Sendable {
    /// One entry for each type.
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>
    // What was allocated for structs; all of it is only read once made.
    private var structures: [UnsafeMutablePointer<ffi_type>] = []
    private var fields: [UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>] = []

    init(_ types: [ForeignType]) {
        pointers = .allocate(capacity: max(types.count, 1))
        pointers.initialize(repeating: nil, count: max(types.count, 1))
        for (index, type) in types.enumerated() { pointers[index] = native(type) }
    }

    deinit {
        pointers.deallocate()
        for structure in structures { structure.deallocate() }
        for list in fields { list.deallocate() }
    }

    private func native(_ type: ForeignType) -> UnsafeMutablePointer<ffi_type> {
        switch type {
        case .void: return outlier_ffi_void()
        case .int8: return outlier_ffi_int8()
        case .uint8: return outlier_ffi_uint8()
        case .int16: return outlier_ffi_int16()
        case .uint16: return outlier_ffi_uint16()
        case .int32: return outlier_ffi_int32()
        case .uint32: return outlier_ffi_uint32()
        case .int64: return outlier_ffi_int64()
        case .uint64: return outlier_ffi_uint64()
        case .float: return outlier_ffi_float()
        case .double: return outlier_ffi_double()
        case .pointer: return outlier_ffi_pointer()
        case .structure(let types):
            // A list that ends with nil; libffi fills in size and alignment when it prepares the call.
            let list = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: types.count + 1)
            list.initialize(repeating: nil, count: types.count + 1)
            fields.append(list)
            for (index, type) in types.enumerated() { list[index] = native(type) }
            let structure = UnsafeMutablePointer<ffi_type>.allocate(capacity: 1)
            structure.initialize(to: ffi_type(size: 0, alignment: 0, type: UInt16(FFI_TYPE_STRUCT), elements: list))
            structures.append(structure)
            return structure
        }
    }
}
