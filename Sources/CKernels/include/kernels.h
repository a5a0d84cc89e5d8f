#pragma once

/// Compiles a function for three generations of x86-64 and chooses at run time; elsewhere it does nothing.
#if defined(__x86_64__) && defined(__linux__)
#define OUTLIER_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OUTLIER_CLONES
#endif
