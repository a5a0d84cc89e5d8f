#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What isolated plug-ins need of the system and Swift cannot call.

/// Memory that has a descriptor and no name, closed on exec; -1 and errno on failure.
int outlier_shared_memory(void);

/// Starts the program at `path` with `argument`, `descriptors` being its descriptors 0, 1, 2… and no others open.
/// Returns 0 or an error number.
int outlier_spawn(pid_t *process, const char *path, const char *argument, const int *descriptors, int count);

/// Sends all bytes, without a signal where nobody listens; 0 or an error number.
int outlier_send(int descriptor, const void *bytes, size_t size);

/// Receives exactly `size` bytes; 0, an error number, or -1 where the other end is closed.
int outlier_receive(int descriptor, void *bytes, size_t size);

/// Limits what this process may allocate, besides what it has, to `bytes`; 0 or an error number.
int outlier_limit_memory(size_t bytes);

/// Ignores what a terminal sends to all its processes, leaves no core dumps, and undoes what the parent did to signals.
void outlier_prepare_worker(void);

/// How a process ended: waits for it. `signal` is 0 where it exited by itself. `peak` is in bytes.
void outlier_reap(pid_t process, int *signal, int *status, size_t *peak);
