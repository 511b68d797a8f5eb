//! A plugin in Rust: puts the waveform files of some folders into the list of files, and says how many there are where.

mod census;
mod settings;

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use census::Census;
use novywave::plugins::filesystem::{find_files, FindQuery};
use novywave::plugins::logging::log;
use novywave::plugins::relay::publish;
use novywave::plugins::types::{
    ConfigData, DiscoveryPayload, HostEvent, LogLevel, PluginError, PluginEvent, PluginMetadata,
};
use novywave::plugins::watch::{subscribe, unsubscribe};
use settings::Settings;

wit_bindgen::generate!({
    path: ["../../plugins/wit", "wit"],
    world: "example:waveform-census/census",
    generate_all,
});

/// Between two calls of the host.
struct State {
    settings: Settings,
    subscription: u64,
    census: Census,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

struct Plugin;

impl exports::novywave::plugins::lifecycle::Guest for Plugin {
    fn init(config: ConfigData) -> Result<PluginMetadata, PluginError> {
        let description = start(&config)?;
        Ok(PluginMetadata {
            version: env!("CARGO_PKG_VERSION").to_string(),
            description,
            capabilities: ["filesystem", "logging", "relay", "watch"]
                .map(str::to_string)
                .to_vec(),
            config_schema: None,
        })
    }

    fn handle_event(event: HostEvent) -> Result<(), PluginError> {
        match event {
            HostEvent::FilesystemChange(_) => count_again(),
            HostEvent::ConfigUpdated(config) => start(&config).map(drop),
            HostEvent::Tick => Ok(()),
        }
    }

    fn shutdown() {
        // What is printed is a line of the plugin's log.
        println!("census closed");
    }
}

/// Reads the configuration, watches, and counts for the first time.
fn start(config: &ConfigData) -> Result<String, PluginError> {
    let entries = config
        .iter()
        .map(|entry| (entry.key.as_str(), entry.value.as_str()));
    let settings = Settings::read(entries).map_err(PluginError::InvalidConfig)?;
    let subscription = subscribe(&settings.directories, 250)
        .map_err(|error| PluginError::Io(format!("watch: {error:?}")))?;
    let census = take_census(&settings)?;
    tell(&census)?;
    let description = census.to_string();
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = state.take() {
        unsubscribe(before.subscription);
    }
    *state = Some(State {
        settings,
        subscription,
        census,
    });
    Ok(description)
}

/// Tells of the files only if they are others than before.
fn count_again() -> Result<(), PluginError> {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(state) = state.as_mut() else {
        return Ok(());
    };
    let census = take_census(&state.settings)?;
    if census == state.census {
        return Ok(());
    }
    tell(&census)?;
    state.census = census;
    Ok(())
}

fn take_census(settings: &Settings) -> Result<Census, PluginError> {
    let started = Instant::now();
    let mut census = Census::default();
    for directory in &settings.directories {
        if let Err(error) = find(directory, &settings.extensions, &mut census) {
            // One folder that is gone must not hide the others.
            log(LogLevel::Warn, &format!("{directory}: {error}"));
        }
    }
    log(
        LogLevel::Debug,
        &format!("counted in {:?}", started.elapsed()),
    );
    Ok(census)
}

/// All pages of one folder.
fn find(directory: &str, extensions: &[String], census: &mut Census) -> Result<(), String> {
    let mut cursor = None;
    loop {
        let page = find_files(&FindQuery {
            directory: directory.to_string(),
            extensions: extensions.to_vec(),
            globs: Vec::new(),
            exclude: Vec::new(),
            max_depth: None,
            cursor,
            limit: 10_000,
        })
        .map_err(|error| format!("{error:?}"))?;
        page.paths.into_iter().for_each(|file| census.add(file));
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

fn tell(census: &Census) -> Result<(), PluginError> {
    log(LogLevel::Info, &census.to_string());
    for (folder, count) in census.folders().into_iter().take(10) {
        log(LogLevel::Info, &format!("{count:>6} {folder}"));
    }
    let event = PluginEvent::Discovery(DiscoveryPayload {
        plugin_id: String::new(),
        discovered: census.files(),
    });
    publish("discovery", &event).map_err(|error| PluginError::Io(format!("publish: {error:?}")))
}

export!(Plugin);
