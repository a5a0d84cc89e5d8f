#pragma once
#include <ffi.h>
#if defined(__linux__)
#include <dlfcn.h>
#include <link.h>
#endif

// libffi's types are mutable globals, which Swift does not let code of several threads touch; their addresses never
// change, and these give them.
static inline ffi_type *outlier_ffi_void(void) { return &ffi_type_void; }
static inline ffi_type *outlier_ffi_uint8(void) { return &ffi_type_uint8; }
static inline ffi_type *outlier_ffi_int8(void) { return &ffi_type_sint8; }
static inline ffi_type *outlier_ffi_uint16(void) { return &ffi_type_uint16; }
static inline ffi_type *outlier_ffi_int16(void) { return &ffi_type_sint16; }
static inline ffi_type *outlier_ffi_uint32(void) { return &ffi_type_uint32; }
static inline ffi_type *outlier_ffi_int32(void) { return &ffi_type_sint32; }
static inline ffi_type *outlier_ffi_uint64(void) { return &ffi_type_uint64; }
static inline ffi_type *outlier_ffi_int64(void) { return &ffi_type_sint64; }
static inline ffi_type *outlier_ffi_float(void) { return &ffi_type_float; }
static inline ffi_type *outlier_ffi_double(void) { return &ffi_type_double; }
static inline ffi_type *outlier_ffi_pointer(void) { return &ffi_type_pointer; }

static inline void outlier_ffi_call(ffi_cif *cif, void *function, void *result, void **arguments) {
    ffi_call(cif, FFI_FN(function), result, arguments);
}

// Calls a function of one row for consecutive rows of `stride` elements: `slot` is the argument that points to the row,
// `score` is where the function leaves a double. Here, so that nothing but the call itself costs time.
static inline void outlier_ffi_call_rows(ffi_cif *cif, void *function, void *result, void **arguments, void *slot,
                                         const double *row, size_t stride, size_t count, const void *score,
                                         double *scores) {
    for (size_t index = 0; index < count; ++index, row += stride) {
        *(const double **)slot = row;
        ffi_call(cif, FFI_FN(function), result, arguments);
        scores[index] = *(const double *)score;
    }
}

// Whether the loader knows the symbol at an address as a variable. 0 where it cannot tell.
static inline int outlier_symbol_is_variable(const void *address) {
#if defined(__linux__) && defined(__GLIBC__)
    // The declarations need _GNU_SOURCE, which whoever imports this header may not have set.
    struct outlier_dl_info { const char *file; void *base; const char *symbol; void *address; } info;
    extern int outlier_dladdr1(const void *, struct outlier_dl_info *, void **, int) __asm__("dladdr1");
    const ElfW(Sym) *symbol = 0;
    if (!outlier_dladdr1(address, &info, (void **)&symbol, 1) || !symbol || info.address != address) return 0;
    return (symbol->st_info & 0xf) == 1;
#else
    (void)address;
    return 0;
#endif
}
