#pragma once
// Decimal numbers and ISO 8601 dates.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace numbers {

/// 5^-19…5^0 as numbers of 128 bits whose highest bit is set, rounded up: a number of 19 digits needs no others.
constexpr int least_power = -19;
struct Power {
    uint64_t high, low;
};
inline constexpr Power powers_of_five[] = {
    {0xec1e4a7db69561a5u, 0x2b31e9e3d06c32e6u}, {0x9392ee8e921d5d07u, 0x3aff322e62439fd0u},
    {0xb877aa3236a4b449u, 0x09befeb9fad487c3u}, {0xe69594bec44de15bu, 0x4c2ebe687989a9b4u},
    {0x901d7cf73ab0acd9u, 0x0f9d37014bf60a11u}, {0xb424dc35095cd80fu, 0x538484c19ef38c95u},
    {0xe12e13424bb40e13u, 0x2865a5f206b06fbau}, {0x8cbccc096f5088cbu, 0xf93f87b7442e45d4u},
    {0xafebff0bcb24aafeu, 0xf78f69a51539d749u}, {0xdbe6fecebdedd5beu, 0xb573440e5a884d1cu},
    {0x89705f4136b4a597u, 0x31680a88f8953031u}, {0xabcc77118461cefcu, 0xfdc20d2b36ba7c3eu},
    {0xd6bf94d5e57a42bcu, 0x3d32907604691b4du}, {0x8637bd05af6c69b5u, 0xa63f9a49c2c1b110u},
    {0xa7c5ac471b478423u, 0x0fcf80dc33721d54u}, {0xd1b71758e219652bu, 0xd3c36113404ea4a9u},
    {0x83126e978d4fdf3bu, 0x645a1cac083126eau}, {0xa3d70a3d70a3d70au, 0x3d70a3d70a3d70a4u},
    {0xccccccccccccccccu, 0xcccccccccccccccdu}, {0x8000000000000000u, 0x0000000000000000u},
};

/// Every number that can be read, at its own speed.
const char *read_any(const char *p, const char *end, double &value);

/// Eight digits at once: whether they are eight, and the number that they are.
inline bool are_eight_digits(uint64_t text) {
    return (((text + 0x4646464646464646u) | (text - 0x3030303030303030u)) & 0x8080808080808080u) == 0;
}
inline uint32_t eight_digits(uint64_t text) {
    text -= 0x3030303030303030u;
    text = text * 10 + (text >> 8);
    uint64_t const mask = 0x000000FF000000FFu;
    return uint32_t(((text & mask) * 0x000F424000000064u + ((text >> 16) & mask) * 0x0000271000000001u) >> 32);
}

/// Takes the digits at `p` into `number`, which may overflow: whoever calls counts them.
inline const char *take_digits(const char *p, const char *end, uint64_t &number) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - p >= 8) {
        uint64_t text;
        std::memcpy(&text, p, 8);
        if (!are_eight_digits(text)) break;
        number = number * 100000000 + eight_digits(text);
        p += 8;
    }
#endif
    while (p < end && unsigned(*p - '0') < 10) number = number * 10 + unsigned(*p++ - '0');
    return p;
}

/// `digits` · 10^`power` for powers of -19…0, correctly rounded (D. Lemire, “Number parsing at a gigabyte per second”,
/// 2021; N. Mushtak and D. Lemire, 2023, show that within these powers the second half of the product is enough).
inline double scaled(uint64_t digits, int power, bool is_negative) {
    uint64_t bits = 0;
    if (digits != 0) {
        int const zeros = __builtin_clzll(digits);
        digits <<= zeros;
        Power const five = powers_of_five[power - least_power];
        unsigned __int128 const product = static_cast<unsigned __int128>(digits) * five.high;
        uint64_t low = uint64_t(product), high = uint64_t(product >> 64);
        if ((high & 0x1FF) == 0x1FF) {
            uint64_t const more = uint64_t(static_cast<unsigned __int128>(digits) * five.low >> 64);
            low += more;
            if (more > low) ++high;
        }
        int const upper = int(high >> 63);
        uint64_t mantissa = high >> (upper + 9);
        int exponent = ((217706 * power) >> 16) + 63 + upper - zeros + 1023;
        // Halfway between two doubles: the even one.
        if (low <= 1 && power >= -4 && (mantissa & 3) == 1 && mantissa << (upper + 9) == high)
            mantissa &= ~uint64_t(1);
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        if (mantissa >= uint64_t(1) << 53) {
            mantissa = uint64_t(1) << 52;
            ++exponent;
        }
        bits = (mantissa & ~(uint64_t(1) << 52)) | uint64_t(exponent) << 52;
    }
    bits |= uint64_t(is_negative) << 63;
    double value;
    std::memcpy(&value, &bits, 8);
    return value;
}

} // namespace numbers

/// Reads a number that begins at `p` and returns where it ends, or `nullptr` where none begins there. Correctly
/// rounded. Too large a number is infinite, too small a one is 0. "inf" and "infinity" are numbers, "nan" is not.
inline const char *read_number(const char *p, const char *end, double &value) {
    const char *q = p;
    bool const is_negative = q < end && *q == '-';
    q += is_negative;
    uint64_t digits = 0;
    const char *const whole = q;
    q = numbers::take_digits(q, end, digits);
    int64_t count = q - whole, power = 0;
    if (q < end && *q == '.') {
        const char *const fraction = ++q;
        q = numbers::take_digits(q, end, digits);
        power = fraction - q;
        count -= power;
    }
    // More than 19 digits do not fit; fewer than one is no number, or a word that is.
    if (count < 1 || count > 19) return numbers::read_any(p, end, value);
    if (q < end && (*q | 0x20) == 'e') return numbers::read_any(p, end, value);
    value = numbers::scaled(digits, int(power), is_negative);
    return q;
}

/// Whether the whole of `p..<end` is `YYYY-MM-DD`, or that with a time after a `T` or a space, with seconds,
/// fractions of them and a zone where wanted. Without a zone the time is UTC.
bool read_date(const char *p, const char *end, double &seconds);
