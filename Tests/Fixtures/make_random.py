"""What RandomSource must draw, by the published definitions and nothing of this package.

xoshiro256++ 1.0 (D. Blackman, S. Vigna, https://prng.di.unimi.it), seeded by SplitMix64 (the same page);
whole numbers by D. Lemire, "Fast Random Integer Generation in an Interval", 2019; the shuffle is Durstenfeld's (1964),
from the first element up.

    python3 make_random.py > random.json
"""

import json

MASK = 2**64 - 1


def mixed(z):
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def rotated(x, k):
    return ((x << k) | (x >> (64 - k))) & MASK


class Source:
    def __init__(self, seed, stream=0):
        state = mixed(seed) ^ mixed(stream + 0x632BE59BD9B4E019)
        self.s = []
        for _ in range(4):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            self.s.append(mixed(state))

    def next(self):
        s = self.s
        result = (rotated((s[0] + s[3]) & MASK, 23) + s[0]) & MASK
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotated(s[3], 45)
        return result

    def uniform(self):
        return (self.next() >> 11) / 2**53

    def below(self, bound):
        while True:
            product = self.next() * bound
            if product % 2**64 >= 2**64 % bound:
                return product >> 64

    def shuffled(self, count):
        items = list(range(count))
        for place in range(count - 1):
            other = place + self.below(count - place)
            items[place], items[other] = items[other], items[place]
        return items


cases = []
for seed, stream in [(0, 0), (7, 0), (7, 3), (2**64 - 1, 2**63)]:
    raw, uniforms, whole = Source(seed, stream), Source(seed, stream), {}
    # Bounds near 2 to the 63 refuse up to half of what is drawn.
    for bound in [1, 2, 10, 1000, 2**40 + 1, 3 * 2**61 + 1, 2**63 - 1]:
        source = Source(seed, stream)
        whole[str(bound)] = [str(source.below(bound)) for _ in range(40)]
    cases.append(
        {
            "seed": str(seed),
            "stream": str(stream),
            "next": [str(raw.next()) for _ in range(8)],
            "uniform": [uniforms.uniform() for _ in range(8)],
            "below": whole,
            "shuffled": {str(count): Source(seed, stream).shuffled(count) for count in [0, 1, 2, 5, 40]},
        }
    )
print(json.dumps(cases, indent=1))
