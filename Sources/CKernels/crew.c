#include "crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

// For how long a thread looks out for something to do before it sleeps.
#define PATIENCE 100000

static struct {
    // What is left of the job, in one word, so that a claim is either of this job or fails: the job's number in the upper
    // half, then the first call that nobody has claimed, then the end of those.
    _Alignas(64) _Atomic uint64_t left;
    // Calls that workers have finished.
    _Alignas(64) atomic_size_t finished;
    // Workers with a number below this one may take part in the job. Changes only while nothing is left.
    _Alignas(64) atomic_size_t workers;
    // Who claims a call may read these: the caller leaves them until all that was claimed is finished.
    outlier_crew_work work;
    void *context;

    _Alignas(64) atomic_bool busy;
    // Threads that were started; touched by who made the crew busy.
    size_t hired;

    pthread_mutex_t lock;
    // Workers wait for one, the caller for the other. Both say so before they look for the last time.
    pthread_cond_t job_begun, call_finished;
    atomic_size_t sleeping;
    atomic_bool caller_sleeps;
} crew = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .job_begun = PTHREAD_COND_INITIALIZER,
    .call_finished = PTHREAD_COND_INITIALIZER,
};

static inline size_t first_of(uint64_t left) { return (left >> 16) & 0xFFFF; }
static inline size_t end_of(uint64_t left) { return left & 0xFFFF; }

/// Waits some hundred nanoseconds; false once `deadline`, which the first call sets where it is 0, is over.
static bool look_out(uint64_t *deadline) {
    for (int i = 0; i < 4; i++) {
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
    }
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    const uint64_t now = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
    if (*deadline == 0) { *deadline = now + PATIENCE; }
    return now < *deadline;
}

/// Whether something is left that this worker may do.
static bool is_wanted(size_t worker, uint64_t left) {
    return first_of(left) < end_of(left) && worker < atomic_load_explicit(&crew.workers, memory_order_relaxed);
}

/// Claims the last call for a worker: from the end, so that two threads each keep to the same half of the data.
static bool claim_last(size_t worker, size_t *index) {
    uint64_t left = atomic_load_explicit(&crew.left, memory_order_acquire);
    while (is_wanted(worker, left)) {
        if (atomic_compare_exchange_weak_explicit(
                &crew.left, &left, left - 1, memory_order_acquire, memory_order_acquire)) {
            *index = end_of(left) - 1;
            return true;
        }
    }
    return false;
}

/// Claims the first call for the caller.
static bool claim_first(size_t *index) {
    uint64_t left = atomic_load_explicit(&crew.left, memory_order_relaxed);
    while (first_of(left) < end_of(left)) {
        if (atomic_compare_exchange_weak_explicit(
                &crew.left, &left, left + (1 << 16), memory_order_relaxed, memory_order_relaxed)) {
            *index = first_of(left);
            return true;
        }
    }
    return false;
}

static void sleep_until_wanted(size_t worker) {
    pthread_mutex_lock(&crew.lock);
    atomic_fetch_add(&crew.sleeping, 1);
    while (!is_wanted(worker, atomic_load(&crew.left))) { pthread_cond_wait(&crew.job_begun, &crew.lock); }
    atomic_fetch_sub(&crew.sleeping, 1);
    pthread_mutex_unlock(&crew.lock);
}

static void *serve(void *argument) {
    const size_t worker = (size_t)(uintptr_t)argument;
    uint64_t deadline = 0;
    for (;;) {
        size_t index;
        if (claim_last(worker, &index)) {
            crew.work(crew.context, index);
            atomic_fetch_add(&crew.finished, 1);
            if (atomic_load(&crew.caller_sleeps)) {
                pthread_mutex_lock(&crew.lock);
                pthread_cond_signal(&crew.call_finished);
                pthread_mutex_unlock(&crew.lock);
            }
            deadline = 0;
        } else if (!look_out(&deadline)) {
            sleep_until_wanted(worker);
            deadline = 0;
        }
    }
    return NULL;
}

/// Starts threads until there are `count`; fewer where the system gives none.
static void hire(size_t count) {
    if (crew.hired >= count) { return; }
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) { return; }
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    // Signals are for the threads of the program.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (crew.hired < count) {
        pthread_t thread;
        if (pthread_create(&thread, &attributes, serve, (void *)(uintptr_t)crew.hired) != 0) { break; }
        crew.hired++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
}

static void wait_until_finished(size_t calls) {
    uint64_t deadline = 0;
    while (atomic_load_explicit(&crew.finished, memory_order_acquire) != calls) {
        if (look_out(&deadline)) { continue; }
        pthread_mutex_lock(&crew.lock);
        atomic_store(&crew.caller_sleeps, true);
        while (atomic_load(&crew.finished) != calls) { pthread_cond_wait(&crew.call_finished, &crew.lock); }
        atomic_store(&crew.caller_sleeps, false);
        pthread_mutex_unlock(&crew.lock);
    }
}

void outlier_crew_run(size_t threads, size_t count, outlier_crew_work work, void *context) {
    if (threads < 2 || count < 2 || count > 0xFFFF || atomic_exchange(&crew.busy, true)) {
        for (size_t index = 0; index < count; index++) { work(context, index); }
        return;
    }
    size_t workers = threads < OUTLIER_CREW_MOST_THREADS ? threads : OUTLIER_CREW_MOST_THREADS;
    workers = (workers < count ? workers : count) - 1;
    hire(workers);
    crew.work = work;
    crew.context = context;
    atomic_store_explicit(&crew.workers, workers, memory_order_relaxed);
    atomic_store_explicit(&crew.finished, 0, memory_order_relaxed);
    const uint64_t number = (atomic_load_explicit(&crew.left, memory_order_relaxed) >> 32) + 1;
    atomic_store(&crew.left, number << 32 | count);
    if (atomic_load(&crew.sleeping) > 0) {
        pthread_mutex_lock(&crew.lock);
        pthread_cond_broadcast(&crew.job_begun);
        pthread_mutex_unlock(&crew.lock);
    }
    size_t own = 0;
    for (size_t index; claim_first(&index); own++) { work(context, index); }
    wait_until_finished(count - own);
    atomic_store_explicit(&crew.busy, false, memory_order_release);
}
