#include "numbers.hpp"
#include "CTextParsing.h"

#include <charconv>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>

#if defined(__APPLE__)
#include <xlocale.h>
#else
#include <locale.h>
#endif

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `strtod` whatever the locale of the process, for what `from_chars` gives up on.
double slow_number(const char *begin, const char *end) {
    static locale_t const plain = newlocale(LC_ALL_MASK, "C", locale_t(0));
    std::string const copy(begin, end);
    return plain ? strtod_l(copy.c_str(), nullptr, plain) : std::strtod(copy.c_str(), nullptr);
}

#if !defined(__cpp_lib_to_chars)
/// The end of the longest decimal number at `p`.
const char *number_end(const char *p, const char *end) {
    const char *q = p;
    if (q < end && *q == '-') ++q;
    for (const char *word : {"infinity", "inf"}) {
        size_t i = 0;
        while (word[i] && q + i < end && (q[i] | 0x20) == word[i]) ++i;
        if (!word[i]) return q + i;
    }
    bool digits = false;
    while (q < end && is_digit(*q)) ++q, digits = true;
    if (q < end && *q == '.') {
        const char *after = q + 1;
        while (after < end && is_digit(*after)) ++after, digits = true;
        if (digits) q = after;
    }
    if (!digits) return nullptr;
    if (q < end && (*q | 0x20) == 'e') {
        const char *exponent = q + 1;
        if (exponent < end && (*exponent == '-' || *exponent == '+')) ++exponent;
        if (exponent < end && is_digit(*exponent)) {
            while (exponent < end && is_digit(*exponent)) ++exponent;
            q = exponent;
        }
    }
    return q;
}
#endif

int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool const leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant's algorithm).
int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t const era = (year >= 0 ? year : year - 399) / 400;
    int64_t const year_of_era = year - era * 400;
    int64_t const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool read_digits(const char *&p, const char *end, int count, int &value) {
    if (end - p < count) return false;
    value = 0;
    for (int i = 0; i < count; ++i) {
        if (!is_digit(p[i])) return false;
        value = value * 10 + (p[i] - '0');
    }
    p += count;
    return true;
}

} // namespace

const char *numbers::read_any(const char *p, const char *end, double &value) {
    if (p < end && *p == '+') {
        ++p;
        if (p == end || *p == '-') return nullptr;
    }
#if defined(__cpp_lib_to_chars)
    auto const result = std::from_chars(p, end, value);
    if (__builtin_expect(result.ec == std::errc(), true)) {
        return std::isnan(value) ? nullptr : result.ptr;
    }
    if (result.ec != std::errc::result_out_of_range) return nullptr;
    value = slow_number(p, result.ptr);
    return result.ptr;
#else
    const char *const last = number_end(p, end);
    if (last) value = slow_number(p, last);
    return last;
#endif
}

bool read_date(const char *p, const char *end, double &seconds) {
    int year, month, day;
    if (!read_digits(p, end, 4, year) || p == end || *p++ != '-' || !read_digits(p, end, 2, month) || p == end ||
        *p++ != '-' || !read_digits(p, end, 2, day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    double result = double(days_from_civil(year, month, day)) * 86400;
    if (p == end) {
        seconds = result;
        return true;
    }
    if (*p != 'T' && *p != 't' && *p != ' ') return false;
    ++p;
    int hour, minute, second = 0;
    double fraction = 0;
    if (!read_digits(p, end, 2, hour) || p == end || *p++ != ':' || !read_digits(p, end, 2, minute)) return false;
    if (p < end && *p == ':') {
        ++p;
        if (!read_digits(p, end, 2, second)) return false;
        if (p < end && (*p == '.' || *p == ',')) {
            const char *const digits = ++p;
            int64_t numerator = 0, denominator = 1;
            while (p < end && is_digit(*p)) {
                // What is finer than a nanosecond has no room beside seconds since 1970.
                if (p - digits < 9) numerator = numerator * 10 + (*p - '0'), denominator *= 10;
                ++p;
            }
            if (p == digits) return false;
            fraction = double(numerator) / double(denominator);
        }
    }
    // 24:00 is the end of a day, and a 60th second a leap second.
    if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute || second || fraction != 0))) return false;
    int64_t offset = 0;
    if (p < end && *p == ' ' && end - p > 1) ++p;
    if (p < end) {
        if (*p == 'Z' || *p == 'z') {
            ++p;
        } else if (*p == '+' || *p == '-') {
            int const sign = *p++ == '-' ? -1 : 1;
            int hours, minutes = 0;
            if (!read_digits(p, end, 2, hours)) return false;
            if (p < end && *p == ':') ++p;
            if (p < end && !read_digits(p, end, 2, minutes)) return false;
            if (hours > 23 || minutes > 59) return false;
            offset = sign * (hours * 3600 + minutes * 60);
        }
    }
    if (p != end) return false;
    seconds = result + double(hour * 3600 + minute * 60 + second - offset) + fraction;
    return true;
}

extern "C" bool text_parse_number(const char *text, size_t length, double *value) {
    const char *end = text + length;
    while (text < end && (*text == ' ' || *text == '\t')) ++text;
    while (text < end && (end[-1] == ' ' || end[-1] == '\t')) --end;
    return text < end && read_number(text, end, *value) == end;
}

extern "C" bool text_parse_date(const char *text, size_t length, double *seconds) {
    return read_date(text, text + length, *seconds);
}
