internal import Foundation
internal import OutlierCore

/// What a fit left: nothing, memory whose bytes are known, or a pointer that only the library understands.
enum ForeignState: Sendable {
    case none
    case buffer(StateBuffer)
    case pointer(OpaqueState)

    /// Where C finds it.
    var address: UnsafeMutableRawPointer? {
        switch self {
        case .none: nil
        case .buffer(let buffer): buffer.address
        case .pointer(let state): state.address
        }
    }
}

/// Marks behind the memory that a function may write to, which tell whether it wrote past it.
enum Margin {
    static let byteCount = 1024
    private static let mark: UInt8 = 0xA7

    static func set(at end: UnsafeMutableRawPointer) {
        end.initializeMemory(as: UInt8.self, repeating: mark, count: byteCount)
    }

    static func isWhole(at end: UnsafeRawPointer) -> Bool {
        UnsafeRawBufferPointer(start: end, count: byteCount).allSatisfy { $0 == mark }
    }
}

/// Memory that stays where it is. A fit writes to it; afterwards it is only read.
final class StateBuffer: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = byteCount
        address = .allocate(byteCount: byteCount + Margin.byteCount, alignment: 16)
        address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        Margin.set(at: address + byteCount)
    }

    /// Whether nobody wrote past its end.
    var isWhole: Bool { Margin.isWhole(at: address + byteCount) }

    convenience init(bytes: some BidirectionalCollection<UInt8>) {
        self.init(byteCount: bytes.count)
        for (index, byte) in bytes.enumerated() { address.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    }

    deinit { address.deallocate() }

    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: address, count: byteCount)) }
}

/// A pointer that a library gave, freed as the library wants it when nobody has it any more.
final class OpaqueState: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    private let bound: BoundComponent

    init(_ address: UnsafeMutableRawPointer, bound: BoundComponent) {
        self.address = address
        self.bound = bound
    }

    deinit {
        // The function takes one pointer since it was bound, so the call is not refused.
        bound.exclusively { _ = try? bound.freeState?.call(.pointer(address)) }
    }
}
