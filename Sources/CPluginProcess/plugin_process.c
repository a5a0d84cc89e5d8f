#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "plugin_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int outlier_shared_memory(void) {
#ifdef __linux__
    int descriptor = memfd_create("outlier-plugin", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    // Whoever shrinks memory that another process has mapped ends that process by SIGBUS. It must be able to grow, though.
    if (descriptor >= 0 && fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
        close(descriptor);
        return -1;
    }
    return descriptor;
#else
    return outlier_unnamed_file();
#endif
}

int outlier_unnamed_file(void) {
#ifdef __linux__
    return memfd_create("outlier-plugin-output", MFD_CLOEXEC);
#else
    char name[32];
    snprintf(name, sizeof name, "/outlier-%d-%u", (int)getpid(), (unsigned)arc4random());
    int descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor >= 0) {
        shm_unlink(name);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    return descriptor;
#endif
}

int outlier_spawn(pid_t *process, const char *path, const char *argument, const int *descriptors, int count) {
    // Copies beyond the range that they go to, so that none is overwritten before its turn.
    int copies[16];
    int error = 0;
    int made = 0;
    if (count > 16) return EINVAL;
    for (; made < count; made++) {
        copies[made] = fcntl(descriptors[made], F_DUPFD_CLOEXEC, 32);
        if (copies[made] < 0) {
            error = errno;
            break;
        }
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int index = 0; index < made; index++) posix_spawn_file_actions_adddup2(&actions, copies[index], index);
    sigset_t defaults, mask;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigemptyset(&mask);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &mask);
    // A group of its own, so that what it starts ends with it.
    posix_spawnattr_setpgroup(&attributes, 0);
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP;
#ifdef __APPLE__
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#elif defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
    posix_spawn_file_actions_addclosefrom_np(&actions, count);
#endif
    posix_spawnattr_setflags(&attributes, flags);
    if (!error) {
        char *arguments[] = {(char *)path, (char *)argument, NULL};
        error = posix_spawn(process, path, &actions, &attributes, arguments, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (int index = 0; index < made; index++) close(copies[index]);
    return error;
}

int outlier_connect(int descriptors[2]) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors) != 0) return errno;
    for (int index = 0; index < 2; index++) {
        fcntl(descriptors[index], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
        int yes = 1;
        setsockopt(descriptors[index], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
    }
    return 0;
}

/// What `send` and `recv` returned, in the words of the header.
static ssize_t outcome(ssize_t moved) {
    if (moved >= 0) return moved;
    return errno == EAGAIN || errno == EWOULDBLOCK ? OUTLIER_NOT_READY : OUTLIER_CLOSED;
}

ssize_t outlier_send(int descriptor, const void *bytes, size_t size, int waiting) {
#ifdef MSG_NOSIGNAL
    const int flags = MSG_NOSIGNAL;
#else
    const int flags = 0;
#endif
    ssize_t sent;
    do {
        sent = send(descriptor, bytes, size, waiting ? flags : flags | MSG_DONTWAIT);
    } while (sent < 0 && errno == EINTR);
    return outcome(sent);
}

ssize_t outlier_receive(int descriptor, void *bytes, size_t size, int waiting) {
    ssize_t received;
    do {
        received = recv(descriptor, bytes, size, waiting ? 0 : MSG_DONTWAIT);
    } while (received < 0 && errno == EINTR);
    return received == 0 ? OUTLIER_CLOSED : outcome(received);
}

int outlier_limit_memory(size_t bytes) {
    size_t base = 0;
#ifdef __linux__
    // What counts is private memory that can be written to; what is only reserved, and what is shared, does not.
    const int resource = RLIMIT_DATA;
    FILE *file = fopen("/proc/self/status", "r");
    if (file) {
        char line[256];
        size_t kibibytes;
        while (fgets(line, sizeof line, file)) {
            if (sscanf(line, "VmData: %zu", &kibibytes) == 1) base = kibibytes << 10;
        }
        fclose(file);
    }
#else
    const int resource = RLIMIT_AS;
    base = (size_t)1 << 40;
#endif
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return errno;
    rlim_t wanted = (rlim_t)base + (rlim_t)bytes;
    if (limit.rlim_max != RLIM_INFINITY && wanted > limit.rlim_max) wanted = limit.rlim_max;
    limit.rlim_cur = wanted;
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

void outlier_prepare_worker(void) {
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

int outlier_reap(pid_t process, double grace, int *ended_by, int *exit_status, size_t *peak) {
    int status = 0;
    struct rusage usage = {0};
    // No call of the system waits for a process and looks at the clock on every system, so it is asked now and then.
    const struct timespec pause = {0, 2000000};
    pid_t ended;
    for (; (ended = wait4(process, &status, WNOHANG, &usage)) == 0 && grace > 0; grace -= 0.002) nanosleep(&pause, NULL);
    int killed = ended == 0;
    if (killed) {
        kill(process, SIGKILL);
        while (wait4(process, &status, 0, &usage) < 0 && errno == EINTR) {
        }
    }
    // Processes that it started and left behind.
    kill(-process, SIGKILL);
    *ended_by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    *exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
#ifdef __APPLE__
    *peak = (size_t)usage.ru_maxrss;
#else
    *peak = (size_t)usage.ru_maxrss << 10;
#endif
    return killed;
}
