internal import CKernels
internal import OutlierCore

/// Where each activation lies when pictures of one size go through a network, and which layers are needed at all.
struct NetworkPlan: Sendable {
    /// An activation in the memory of a run.
    struct Place: Sendable {
        var height = 0
        var width = 0
        /// Numbers of a pixel, with those that only fill up.
        var pixelStride = 0
        /// Pixels of zeros on every side.
        var border = 0
        var slot = -1

        var rowStride: Int { (width + 2 * border) * pixelStride }
        var count: Int { (height + 2 * border) * rowStride }
        /// The first pixel of the picture itself.
        var origin: Int { border * rowStride + border * pixelStride }
    }

    let layers: [NetworkLayer]
    let places: [Place]
    /// Zeros before the first pixel, for each layer.
    let before: [Int]
    /// Numbers of each slot: activations that are not needed at the same time share one.
    let slots: [Int]

    /// - Throws: ``OutlierError/Code/shapeMismatch`` where the picture is too small for the network or needs too much memory.
    init(_ network: ImageNetwork, height: Int, width: Int, stages: [Int]) throws {
        guard height > 0, width > 0, height <= 16_384, width <= 16_384 else {
            throw OutlierError(
                .shapeMismatch, "a network takes pictures of 1 to 16384 pixels a side, not \(height) × \(width)")
        }
        // Only what leads to a stage.
        var isNeeded = [Bool](repeating: false, count: network.channels.count)
        for stage in stages { isNeeded[stage] = true }
        for layer in network.layers.reversed() where isNeeded[layer.output] {
            isNeeded[layer.input] = true
            if let residual = layer.residual { isNeeded[residual] = true }
        }
        layers = network.layers.filter { isNeeded[$0.output] }

        var places = [Place](repeating: Place(), count: network.channels.count)
        places[0].height = height
        places[0].width = width
        places[0].pixelStride = 3
        var before: [Int] = []
        for layer in layers {
            let input = places[layer.input]
            guard
                let down = layer.padding.geometry(input: input.height, kernel: layer.kernel, stride: layer.stride),
                let across = layer.padding.geometry(input: input.width, kernel: layer.kernel, stride: layer.stride),
                down.output > 0, across.output > 0
            else {
                throw OutlierError(
                    .shapeMismatch, "pictures of \(height) × \(width) are too small for \(network.architecture)",
                    suggestion: "Choose a larger size.")
            }
            before.append(down.before)
            // TensorFlow's padding may differ down and across; the kernels begin where each says.
            let reachDown = (down.output - 1) * layer.stride + layer.kernel - down.before - input.height
            let reachAcross = (across.output - 1) * layer.stride + layer.kernel - across.before - input.width
            let border = max(down.before, across.before, reachDown, reachAcross, 0)
            places[layer.input].border = max(places[layer.input].border, border)
            places[layer.output].height = down.output
            places[layer.output].width = across.output
            places[layer.output].pixelStride = NetworkLayer.padded(layer.outputChannels)
        }
        self.before = before

        var lastUse = [Int](repeating: -1, count: places.count)
        for (index, layer) in layers.enumerated() {
            lastUse[layer.input] = index
            if let residual = layer.residual { lastUse[residual] = index }
        }
        for stage in stages { lastUse[stage] = layers.count }
        var slots: [Int] = []
        var free: [Int] = []
        func take(_ count: Int) -> Int {
            // The smallest that is large enough, or the largest, which grows.
            let fitting = free.filter { slots[$0] >= count }.min { slots[$0] < slots[$1] }
            guard let slot = fitting ?? free.max(by: { slots[$0] < slots[$1] }) else {
                slots.append(count)
                return slots.count - 1
            }
            free.removeAll { $0 == slot }
            slots[slot] = max(slots[slot], count)
            return slot
        }
        places[0].slot = take(places[0].count)
        for (index, layer) in layers.enumerated() {
            places[layer.output].slot = take(places[layer.output].count)
            for activation in Set([layer.input, layer.residual ?? layer.input]) where lastUse[activation] == index {
                free.append(places[activation].slot)
            }
        }
        let bytes = 4 * slots.reduce(0.0) { $0 + Double($1) }
        guard bytes < MachineMemory.limit / 2 else {
            throw OutlierError(
                .shapeMismatch,
                "pictures of \(height) × \(width) need \(Int(bytes / 1_048_576)) MiB in \(network.architecture)",
                suggestion: "Choose a smaller size.")
        }
        self.places = places
        self.slots = slots
    }
}
