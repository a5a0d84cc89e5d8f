//! The declarations of outlier_plugin.h, version 1.
#![allow(dead_code)]

use std::ffi::{c_char, c_void};

pub const ABI_VERSION: u32 = 1;

pub const OK: i32 = 0;
pub const FAILED: i32 = 1;
pub const CANCELLED: i32 = 2;
pub const INVALID_PARAMETER: i32 = 3;
pub const INVALID_DATA: i32 = 4;
pub const INVALID_STATE: i32 = 5;
pub const UNDEFINED: i32 = 6;

#[repr(C)]
pub struct Matrix {
    pub values: *const f64,
    pub rows: usize,
    pub columns: usize,
    pub row_stride: usize,
    pub column_names: *const *const c_char,
}

impl Matrix {
    /// One row.
    ///
    /// # Safety
    /// `index` is below `rows`, and the matrix is that of the call that is running.
    pub unsafe fn row(&self, index: usize) -> &[f64] {
        unsafe { std::slice::from_raw_parts(self.values.add(index * self.row_stride), self.columns) }
    }
}

#[repr(C)]
pub struct Evaluation {
    pub scores: *const f64,
    pub predictions: *const u8,
    pub truth: *const u8,
    pub rows: usize,
}

#[repr(C)]
pub struct Call {
    pub seed: u64,
    pub threads: u32,
    pub reserved: u32,
    pub progress: Option<extern "C" fn(*mut c_void, f64, *const c_char) -> i32>,
    pub context: *mut c_void,
    pub error: *mut c_char,
    pub error_capacity: usize,
}

impl Call {
    /// Writes a reason and returns the status.
    pub fn fail(&self, status: i32, reason: &str) -> i32 {
        if !self.error.is_null() && self.error_capacity > 0 {
            let count = reason.len().min(self.error_capacity - 1);
            unsafe {
                std::ptr::copy_nonoverlapping(reason.as_ptr(), self.error.cast::<u8>(), count);
                *self.error.add(count) = 0;
            }
        }
        status
    }

    /// Whether to stop.
    pub fn progress(&self, fraction: f64) -> bool {
        self.progress.is_some_and(|report| report(self.context, fraction, std::ptr::null()) != 0)
    }
}

#[repr(C)]
pub struct Sink {
    pub write: extern "C" fn(*mut c_void, *const c_void, usize) -> i32,
    pub context: *mut c_void,
}

#[repr(C)]
pub struct Component {
    pub context: *mut c_void,
    pub describe: Option<unsafe extern "C" fn(*const Component) -> *const c_char>,
    pub create: Option<unsafe extern "C" fn(*const Component, *const c_char, *mut *mut c_void, *const Call) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(*mut c_void)>,
    pub fit: Option<unsafe extern "C" fn(*mut c_void, *const Matrix, *const Call) -> i32>,
    pub save: Option<unsafe extern "C" fn(*const c_void, *const Sink, *const Call) -> i32>,
    pub load: Option<unsafe extern "C" fn(*mut c_void, *const c_void, usize, usize, *const Call) -> i32>,
    pub score: Option<unsafe extern "C" fn(*const c_void, *const Matrix, *mut f64, *const Call) -> i32>,
    pub explain: Option<unsafe extern "C" fn(*const c_void, *const Matrix, *mut f64, *const Call) -> i32>,
    pub update: Option<unsafe extern "C" fn(*mut c_void, *const Matrix, *const Call) -> i32>,
    pub output_columns: Option<unsafe extern "C" fn(*const c_void) -> i64>,
    pub transform: Option<unsafe extern "C" fn(*const c_void, *const Matrix, *mut f64, *const Call) -> i32>,
    pub measure: Option<unsafe extern "C" fn(*const c_void, *const Evaluation, *mut f64, *const Call) -> i32>,
}

// The tables never change.
unsafe impl Sync for Component {}

#[repr(C)]
pub struct Plugin {
    pub abi_version: u32,
    pub component_size: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub component_count: u32,
    pub components: *const Component,
}

unsafe impl Sync for Plugin {}
