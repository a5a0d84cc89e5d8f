#pragma once

/// How often the calling thread has asked the C library for memory since it began; -1 where that is not counted: under a
/// sanitizer, which has a heap of its own, and without glibc.
///
/// For tests alone: a program with this in it calls malloc and its kin here first.
long outlier_allocations_of_this_thread(void);
