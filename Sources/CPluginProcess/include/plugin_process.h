#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// What isolated plug-ins need of the system and Swift cannot call.

/// Memory that has a descriptor and no name, closed on exec, for two processes to map: none can make it shorter where the
/// system can forbid that. -1 and errno on failure.
int outlier_shared_memory(void);

/// A file that has a descriptor and no name, closed on exec; -1 and errno on failure.
int outlier_unnamed_file(void);

/// Two ends of a connection, closed on exec, that give no signal where nobody listens; 0 or an error number.
int outlier_connect(int descriptors[2]);

/// Starts the program at `path` with `argument`, `descriptors` being its descriptors 0, 1, 2… and no others open.
/// Returns 0 or an error number.
int outlier_spawn(pid_t *process, const char *path, const char *argument, const int *descriptors, int count);

/// What sending and receiving return in place of a number of bytes: nothing can be moved without waiting, or the other end
/// is closed.
enum { OUTLIER_NOT_READY = -1, OUTLIER_CLOSED = -2 };

/// Sends some of the bytes, without a signal where nobody listens: how many, or one of the two above.
ssize_t outlier_send(int descriptor, const void *bytes, size_t size, int waiting);

/// Receives some bytes, at least 1 and at most `size`: how many, or one of the two above.
ssize_t outlier_receive(int descriptor, void *bytes, size_t size, int waiting);

/// Limits what this process may allocate, besides what it has, to `bytes`; 0 or an error number.
int outlier_limit_memory(size_t bytes);

/// Ignores what a terminal sends to all its processes, leaves no core dumps, and undoes what the parent did to signals.
void outlier_prepare_worker(void);

/// How a process ended: waits for it, and kills it where it has not ended after `grace` seconds, which is what 1 says.
/// `signal` is 0 where it exited by itself. `peak` is in bytes.
int outlier_reap(pid_t process, double grace, int *signal, int *status, size_t *peak);
