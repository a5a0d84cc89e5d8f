//! A detector in Rust, without crates: the distance of a row's values from the means, in standard deviations.
//!
//!     cargo build --release
//!     outlier plugin check target/release/libz_score_in_rust.so

mod outlier_plugin;

use outlier_plugin::{Call, Component, Matrix, Plugin, Sink};
use std::ffi::{c_char, c_void};

#[derive(Default)]
struct Model {
    means: Vec<f64>,
    scales: Vec<f64>,
}

impl Model {
    fn fit(&mut self, data: &Matrix) -> Result<(), String> {
        let rows = data.rows as f64;
        self.means = vec![0.0; data.columns];
        self.scales = vec![0.0; data.columns];
        for r in 0..data.rows {
            for (mean, x) in self.means.iter_mut().zip(unsafe { data.row(r) }) {
                *mean += x / rows;
            }
        }
        for r in 0..data.rows {
            for (c, x) in unsafe { data.row(r) }.iter().enumerate() {
                self.scales[c] += (x - self.means[c]).powi(2);
            }
        }
        for (c, scale) in self.scales.iter_mut().enumerate() {
            if !self.means[c].is_finite() || !scale.is_finite() {
                return Err(format!("the values of column {} are too large", c + 1));
            }
            let deviation = (*scale / rows).sqrt();
            // What rounding leaves of a constant column is not a spread.
            *scale = if deviation > 1e-13 * self.means[c].abs() { deviation } else { 1.0 };
        }
        Ok(())
    }

    fn score(&self, row: &[f64]) -> f64 {
        row.iter()
            .zip(self.means.iter().zip(&self.scales))
            .map(|(x, (mean, scale))| (x - mean).abs() / scale)
            .fold(0.0, f64::max)
    }
}

unsafe extern "C" fn describe(_: *const Component) -> *const c_char {
    cr#"{"kind": "detector", "name": "rust-z-score",
        "summary": "Distance of the values from the means, in standard deviations; written in Rust.",
        "concurrent": true}"#
        .as_ptr()
}

unsafe extern "C" fn create(
    _: *const Component,
    _: *const c_char,
    state: *mut *mut c_void,
    _: *const Call,
) -> i32 {
    unsafe { *state = Box::into_raw(Box::<Model>::default()).cast() };
    outlier_plugin::OK
}

unsafe extern "C" fn destroy(state: *mut c_void) {
    drop(unsafe { Box::from_raw(state.cast::<Model>()) });
}

unsafe extern "C" fn fit(state: *mut c_void, data: *const Matrix, call: *const Call) -> i32 {
    let (model, data, call) = unsafe { (&mut *state.cast::<Model>(), &*data, &*call) };
    match model.fit(data) {
        Ok(()) => outlier_plugin::OK,
        Err(reason) => call.fail(outlier_plugin::INVALID_DATA, &reason),
    }
}

unsafe extern "C" fn score(state: *const c_void, data: *const Matrix, scores: *mut f64, call: *const Call) -> i32 {
    let (model, data, call) = unsafe { (&*state.cast::<Model>(), &*data, &*call) };
    let scores = unsafe { std::slice::from_raw_parts_mut(scores, data.rows) };
    for (r, score) in scores.iter_mut().enumerate() {
        if r % 4096 == 0 && call.progress(r as f64 / data.rows as f64) {
            return outlier_plugin::CANCELLED;
        }
        *score = model.score(unsafe { data.row(r) });
    }
    outlier_plugin::OK
}

unsafe extern "C" fn save(state: *const c_void, sink: *const Sink, _: *const Call) -> i32 {
    let (model, sink) = unsafe { (&*state.cast::<Model>(), &*sink) };
    let bytes: Vec<u8> = model.means.iter().chain(&model.scales).flat_map(|x| x.to_le_bytes()).collect();
    (sink.write)(sink.context, bytes.as_ptr().cast(), bytes.len())
}

unsafe extern "C" fn load(
    state: *mut c_void,
    bytes: *const c_void,
    size: usize,
    columns: usize,
    call: *const Call,
) -> i32 {
    let (model, call) = unsafe { (&mut *state.cast::<Model>(), &*call) };
    if size != 16 * columns {
        return call.fail(outlier_plugin::INVALID_STATE, &format!("{size} bytes do not fit {columns} columns"));
    }
    let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), size) };
    let numbers: Vec<f64> =
        bytes.chunks_exact(8).map(|b| f64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])).collect();
    (model.means, model.scales) = (numbers[..columns].to_vec(), numbers[columns..].to_vec());
    outlier_plugin::OK
}

static COMPONENTS: [Component; 1] = [Component {
    context: std::ptr::null_mut(),
    describe: Some(describe),
    create: Some(create),
    destroy: Some(destroy),
    fit: Some(fit),
    save: Some(save),
    load: Some(load),
    score: Some(score),
    explain: None,
    update: None,
    output_columns: None,
    transform: None,
    measure: None,
}];

static PLUGIN: Plugin = Plugin {
    abi_version: outlier_plugin::ABI_VERSION,
    component_size: std::mem::size_of::<Component>() as u32,
    name: c"z-score-in-rust".as_ptr(),
    version: c"1.0.0".as_ptr(),
    component_count: 1,
    components: COMPONENTS.as_ptr(),
};

#[no_mangle]
pub extern "C" fn outlier_plugin_entry() -> *const Plugin {
    &PLUGIN
}
