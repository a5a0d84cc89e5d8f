internal import Neural

/// What a denoising autoencoder's encoder sees in place of a row (Vincent, Larochelle, Lajoie, Bengio & Manzagol,
/// “Stacked denoising autoencoders”, 2010): normal noise, and values masked by 0, the mean of a standardised column.
struct Corruption {
    /// What random numbers are for within a corruption.
    private enum Stream: Int {
        case noise = 0
        case mask = 1
    }

    let noise: Float
    let masking: Float
    /// Categories get no noise; a masked one becomes a word that the fit never saw.
    let layout: RowLayout

    var isNone: Bool { noise == 0 && masking == 0 }

    func apply(
        _ rows: UnsafePointer<Float>, rows count: Int, random: CounterRandom, into target: UnsafeMutablePointer<Float>
    ) {
        let width = layout.width
        let size = count * width
        let buffer = UnsafeMutableBufferPointer(start: target, count: size)
        if noise > 0 {
            random.part(Stream.noise).fillNormal(buffer)
            for index in 0..<size { target[index] = rows[index] + noise * target[index] }
        } else {
            target.update(from: rows, count: size)
        }
        forEachCategory(count) { place, _ in
            // 0 is what is masked, so no word may be 0.
            target[place] = rows[place] + 1
        }
        if masking > 0 { random.part(Stream.mask).mask(buffer, rate: masking) }
        forEachCategory(count) { place, unknown in
            target[place] = target[place] == 0 ? unknown : target[place] - 1
        }
    }

    /// - Parameter body: gets an element's place and the code of words that the fit never saw.
    private func forEachCategory(_ rows: Int, _ body: (_ place: Int, _ unknown: Float) -> Void) {
        for group in layout.groups {
            for row in 0..<rows { body(row * layout.width + group.column, Float(group.slots - 1)) }
        }
    }
}
