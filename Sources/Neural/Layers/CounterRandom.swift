internal import CKernels
internal import OutlierCore

/// Random numbers that are a function of a key and of a position: any thread draws the number of any element by itself,
/// so the result does not depend on how the work is split.
package struct CounterRandom: Sendable, Hashable {
    package let key: UInt64

    /// The numbers of one step of one training.
    package init(seed: UInt64, step: Int) {
        key = RandomSource.mixed(RandomSource.mixed(seed) ^ (UInt64(bitPattern: Int64(step)) &* 0xD134_2543_DE82_EF95))
    }

    private init(key: UInt64) { self.key = key }

    /// Numbers of their own for one use within the step: each layer, each draw of noise. The same part always gets the
    /// same numbers.
    package func part(_ part: Int) -> CounterRandom {
        CounterRandom(key: RandomSource.mixed(key &+ 0x9E37_79B9_7F4A_7C15 &* (UInt64(bitPattern: Int64(part)) &+ 1)))
    }

    /// Numbers of their own for one use within the step, by its name: two uses that draw the same numbers would go together
    /// in a way that no test sees.
    package func part<Stream: RawRepresentable>(_ stream: Stream) -> CounterRandom where Stream.RawValue == Int {
        part(stream.rawValue)
    }

    /// Fills `values` with the numbers from position `first` on, uniform in 0..<1.
    package func fillUniform(_ values: UnsafeMutableBufferPointer<Float>, first: Int = 0) {
        guard let base = values.baseAddress else { return }
        outlier_random_uniforms(key, UInt64(first), values.count, base)
    }

    /// Fills `values` with the numbers from position `first` on, standard normal.
    package func fillNormal(_ values: UnsafeMutableBufferPointer<Float>, first: Int = 0) {
        guard let base = values.baseAddress else { return }
        outlier_random_normals(key, UInt64(first), values.count, base)
    }

    /// Sets each of `values` to 0 with probability `rate`, by the uniform number of its position.
    package func mask(_ values: UnsafeMutableBufferPointer<Float>, rate: Float, first: Int = 0) {
        guard let base = values.baseAddress else { return }
        outlier_dropout(key, UInt64(first), rate, 1, base, values.count, base)
    }
}
