//! A plugin in Rust: counts the waveform files of a folder. Without the standard library it imports nothing of WASI.
#![no_std]

extern crate alloc;

use alloc::{
    format,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use novywave::plugins::{
    filesystem::{find_files, FindQuery},
    logging::log,
    types::{ConfigData, HostEvent, LogLevel, PluginError, PluginMetadata},
};

wit_bindgen::generate!({
    path: ["../../plugins/wit", "wit"],
    world: "example:rust-counter/counter",
    generate_all,
    std_feature,
});

// The compiler emits calls of memcpy and memcmp; without the standard library nobody else links them.
#[link(name = "c")]
unsafe extern "C" {}

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// By which the host reserves memory for what it passes in; with the standard library it comes from libc.
#[unsafe(export_name = "cabi_realloc")]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    size: usize,
) -> *mut u8 {
    use alloc::alloc::{alloc, realloc, Layout};
    if size == 0 {
        return align as *mut u8;
    }
    let memory = unsafe {
        if old_size == 0 {
            alloc(Layout::from_size_align_unchecked(size, align))
        } else {
            realloc(
                old,
                Layout::from_size_align_unchecked(old_size, align),
                size,
            )
        }
    };
    if memory.is_null() {
        core::arch::wasm32::unreachable();
    }
    memory
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

struct Counter;

impl exports::novywave::plugins::lifecycle::Guest for Counter {
    fn init(config: ConfigData) -> Result<PluginMetadata, PluginError> {
        Ok(PluginMetadata {
            version: env!("CARGO_PKG_VERSION").to_string(),
            description: count(&directory(&config)?)?,
            capabilities: vec!["filesystem".to_string(), "logging".to_string()],
            config_schema: None,
        })
    }

    fn handle_event(_event: HostEvent) -> Result<(), PluginError> {
        Ok(())
    }

    fn shutdown() {}
}

/// The value of `directory`, which arrives as JSON text; a plain string is all that is understood here.
fn directory(config: &ConfigData) -> Result<String, PluginError> {
    let Some(entry) = config.iter().find(|entry| entry.key == "directory") else {
        return Ok(".".to_string());
    };
    entry
        .value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|text| !text.contains('\\'))
        .map(ToString::to_string)
        .ok_or_else(|| {
            PluginError::InvalidConfig(
                "invalid config key `directory`: expected a text".to_string(),
            )
        })
}

fn count(directory: &str) -> Result<String, PluginError> {
    let mut total = 0;
    let mut cursor = None;
    loop {
        let page = find_files(&FindQuery {
            directory: directory.to_string(),
            extensions: ["vcd", "fst", "ghw"].map(ToString::to_string).to_vec(),
            globs: Vec::new(),
            exclude: Vec::new(),
            max_depth: None,
            cursor,
            limit: 10_000,
        })
        .map_err(|error| PluginError::Io(format!("find-files {directory}: {error:?}")))?;
        total += page.paths.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    log(
        LogLevel::Info,
        &format!("counted {total} files in {directory}"),
    );
    Ok(format!("{total} waveforms, counted in Rust"))
}

export!(Counter);
