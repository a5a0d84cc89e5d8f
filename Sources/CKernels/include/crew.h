#pragma once
#include <stddef.h>

/// The most threads that share a job, the caller's among them.
#define OUTLIER_CREW_MOST_THREADS 16

typedef void (*outlier_crew_work)(void *context, size_t index);

/// Calls `work` with `context` and each number of 0..<count, on at most `threads` threads, and returns when all calls have.
///
/// Made for jobs of some tens of microseconds that follow each other closely, as in a step of training: threads that have
/// done their part look out for the next job for a hundred microseconds before they sleep, which is about what sleeping
/// and waking costs. The caller takes calls from the front and never waits for a thread that has not begun one, so that
/// on a machine that has other things to do it does all by itself. Nothing is allocated but, once, the threads.
///
/// The crew does one job at a time. Who comes while it is busy, be it a call of a job itself, does the job alone.
void outlier_crew_run(size_t threads, size_t count, outlier_crew_work work, void *context);
