internal import OutlierCore
internal import Synchronization

/// The function that a library calls to tell how far it is, and whose answer may stop it.
final class ProgressCallback: Sendable {
    private final class Notes: Sendable {
        let misused = Atomic<Bool>(false)
    }

    private let callback: ForeignCallback
    private let notes: Notes

    var address: UnsafeMutableRawPointer { callback.address }
    /// Whether the library gave the callback another user-data than it got: then the manifest's types are wrong.
    var wasMisused: Bool { notes.misused.load(ordering: .relaxed) }

    /// - Parameter progress: is told the part that is done; answers whether to stop.
    init(
        _ shape: ManifestCallback, userData: UnsafeMutableRawPointer, progress: (@Sendable (Double) -> Bool)?
    ) throws {
        let notes = Notes()
        self.notes = notes
        let expected = ForeignValue.pointer(userData)
        callback = try ForeignCallback(arguments: shape.types, result: shape.result) { arguments in
            var fraction: Double?
            var step: Double?
            var steps: Double?
            for (part, value) in zip(shape.parts, arguments) {
                switch part {
                case .fraction: fraction = value.number
                case .step: step = value.number
                case .steps: steps = value.number
                case .userData where value != expected: notes.misused.store(true, ordering: .relaxed)
                case .userData, .ignored: break
                }
            }
            if fraction == nil, let step, let steps, steps > 0 { fraction = step / steps }
            let part = fraction.map { $0.isNaN ? 0 : $0 } ?? 0
            let stops = progress?(part) == true
            return ForeignValue(integer: stops ? shape.stop : 0, type: shape.result)
        }
    }
}

extension ForeignValue {
    /// The number this is, where it is one.
    var number: Double? {
        switch self {
        case .double(let value): value
        case .float(let value): Double(value)
        default: integer.map(Double.init)
        }
    }

    /// A whole number of the given type, cut to its bits.
    init(integer: Int, type: ForeignType) {
        self =
            switch type {
            case .int8: .int8(Int8(truncatingIfNeeded: integer))
            case .uint8: .uint8(UInt8(truncatingIfNeeded: integer))
            case .int16: .int16(Int16(truncatingIfNeeded: integer))
            case .uint16: .uint16(UInt16(truncatingIfNeeded: integer))
            case .int32: .int32(Int32(truncatingIfNeeded: integer))
            case .uint32: .uint32(UInt32(truncatingIfNeeded: integer))
            case .int64: .int64(Int64(integer))
            case .uint64: .uint64(UInt64(truncatingIfNeeded: integer))
            default: .void
            }
    }
}
