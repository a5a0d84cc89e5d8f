/// The memory of one run of a network: allocated once and used for picture after picture.
final class NetworkMemory: @unchecked Sendable {
    // Unchecked: one thread at a time has it, see `NetworkRun`.
    private let slots: [UnsafeMutablePointer<Float>]

    init(_ counts: [Int]) {
        slots = counts.map { count in
            let pointer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
            pointer.initialize(repeating: 0, count: max(1, count))
            return pointer
        }
    }

    deinit { for slot in slots { slot.deallocate() } }

    subscript(_ slot: Int) -> UnsafeMutablePointer<Float> { slots[slot] }
}
