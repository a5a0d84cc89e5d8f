#pragma once
#include <cblas.h>
#include <stddef.h>

// The Fortran symbols of LAPACK that the engine uses. Matrices are column-major; every text argument is followed,
// behind all others, by its length.
void dsyevd_(const char *jobz, const char *uplo, const blasint *n, double *a, const blasint *lda, double *w,
             double *work, const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info, size_t jobzLength,
             size_t uploLength);
void dsyevr_(const char *jobz, const char *range, const char *uplo, const blasint *n, double *a, const blasint *lda,
             const double *vl, const double *vu, const blasint *il, const blasint *iu, const double *abstol, blasint *m,
             double *w, double *z, const blasint *ldz, blasint *isuppz, double *work, const blasint *lwork,
             blasint *iwork, const blasint *liwork, blasint *info, size_t jobzLength, size_t rangeLength,
             size_t uploLength);
void dpotrf_(const char *uplo, const blasint *n, double *a, const blasint *lda, blasint *info, size_t uploLength);
void dpotri_(const char *uplo, const blasint *n, double *a, const blasint *lda, blasint *info, size_t uploLength);
void dtrtri_(const char *uplo, const char *diag, const blasint *n, double *a, const blasint *lda, blasint *info,
             size_t uploLength, size_t diagLength);
void dgeqrf_(const blasint *m, const blasint *n, double *a, const blasint *lda, double *tau, double *work,
             const blasint *lwork, blasint *info);
void dorgqr_(const blasint *m, const blasint *n, const blasint *k, double *a, const blasint *lda, const double *tau,
             double *work, const blasint *lwork, blasint *info);

// The same, with scalars by value and `info` as the result.

static inline blasint outlier_dsyevd(char uplo, blasint n, double *a, double *w, double *work, blasint lwork,
                                     blasint *iwork, blasint liwork) {
    const char jobz = 'V';
    blasint info = 0;
    dsyevd_(&jobz, &uplo, &n, a, &n, w, work, &lwork, iwork, &liwork, &info, 1, 1);
    return info;
}

/// The eigenvalues `first`…`last` (from 1, ascending) of the lower triangle of `a`, and their vectors as columns of `z`.
static inline blasint outlier_dsyevr(blasint n, double *a, blasint first, blasint last, double *w, double *z,
                                     blasint *support, double *work, blasint lwork, blasint *iwork, blasint liwork) {
    const char jobz = 'V', range = 'I', uplo = 'L';
    const double unused = 0, tolerance = 0;
    blasint found = 0, info = 0;
    dsyevr_(&jobz, &range, &uplo, &n, a, &n, &unused, &unused, &first, &last, &tolerance, &found, w, z, &n, support,
            work, &lwork, iwork, &liwork, &info, 1, 1, 1);
    if (info == 0 && lwork != -1 && found != last - first + 1) { return n + 1; }
    return info;
}

static inline blasint outlier_dpotrf(char uplo, blasint n, double *a) {
    blasint info = 0;
    dpotrf_(&uplo, &n, a, &n, &info, 1);
    return info;
}

static inline blasint outlier_dpotri(char uplo, blasint n, double *a) {
    blasint info = 0;
    dpotri_(&uplo, &n, a, &n, &info, 1);
    return info;
}

static inline blasint outlier_dtrtri(char uplo, blasint n, double *a) {
    const char diag = 'N';
    blasint info = 0;
    dtrtri_(&uplo, &diag, &n, a, &n, &info, 1, 1);
    return info;
}

static inline blasint outlier_dgeqrf(blasint m, blasint n, double *a, double *tau, double *work, blasint lwork) {
    blasint info = 0;
    dgeqrf_(&m, &n, a, &m, tau, work, &lwork, &info);
    return info;
}

static inline blasint outlier_dorgqr(blasint m, blasint n, double *a, const double *tau, double *work, blasint lwork) {
    blasint info = 0;
    dorgqr_(&m, &n, &n, a, &m, tau, work, &lwork, &info);
    return info;
}
