import PluginHost
import Testing

/// The examples of NIST for FIPS 180-4, and lengths about the edges of blocks against `sha256sum`.
@Suite struct SHA256Tests {
    @Test(arguments: [
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func digests(text: String, count: Int, expected: String) {
        var hash = SHA256()
        for _ in 0..<count { hash.update(text.utf8) }
        #expect(SHA256.hexadecimal(hash.finish()) == expected)
    }

    @Test func edgesOfBlocks() {
        let digests = (54...65).map { count in
            var hash = SHA256()
            hash.update([UInt8](repeating: 0x78, count: count))
            return SHA256.hexadecimal(hash.finish()).prefix(8)
        }
        #expect(
            digests == [
                "45f316e1", "d5e28568", "04c26261", "ae14a256", "5ef8b2e5", "6e20a119", "42f2d973", "c508e75f",
                "21210f96", "75220b47", "7ce10097", "9537c5fd",
            ])
    }
}
