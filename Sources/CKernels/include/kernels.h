#pragma once

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define OUTLIER_SANITIZED 1
#endif
#endif

/// Compiles a function for three generations of x86-64 and chooses at run time; elsewhere it does nothing. Nor does it
/// under a sanitizer, whose instrumentation would run in the choosing before the sanitizer is ready.
#if defined(__x86_64__) && defined(__linux__) && !defined(OUTLIER_SANITIZED)
#define OUTLIER_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OUTLIER_CLONES
#endif
