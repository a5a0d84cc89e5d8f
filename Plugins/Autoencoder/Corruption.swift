internal import Neural

/// What a denoising autoencoder's encoder sees in place of a row (Vincent, Larochelle, Lajoie, Bengio & Manzagol,
/// “Stacked denoising autoencoders”, 2010): normal noise, and values masked by 0, the mean of a standardised column.
struct Corruption {
    let noise: Float
    let masking: Float

    var isNone: Bool { noise == 0 && masking == 0 }

    func apply(
        _ rows: UnsafePointer<Float>, rows count: Int, width: Int, random: CounterRandom,
        into target: UnsafeMutablePointer<Float>
    ) {
        let size = count * width
        let buffer = UnsafeMutableBufferPointer(start: target, count: size)
        if noise > 0 {
            random.part(0).fillNormal(buffer)
            for index in 0..<size { target[index] = rows[index] + noise * target[index] }
        } else {
            target.update(from: rows, count: size)
        }
        if masking > 0 { random.part(1).mask(buffer, rate: masking) }
    }
}
