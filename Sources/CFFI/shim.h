#pragma once
#include <ffi.h>

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
