//! The entry's `config` table. Each value arrives as JSON text.

use serde_json::Value;

/// What a person may set.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    pub directories: Vec<String>,
    pub extensions: Vec<String>,
}

impl Settings {
    /// Reads pairs of key and JSON text; the error says which key is wrong.
    pub fn read<'a>(config: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut settings = Settings {
            directories: texts(&["."]),
            extensions: texts(&["vcd", "fst", "ghw"]),
        };
        for (key, json) in config {
            match key {
                "directories" => settings.directories = list(key, json)?,
                "extensions" => settings.extensions = list(key, json)?,
                _ => {}
            }
        }
        Ok(settings)
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(ToString::to_string).collect()
}

fn list(key: &str, json: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("invalid config key `{key}`: expected a list of strings");
    let value: Value = serde_json::from_str(json).map_err(|_| wrong())?;
    let items = value.as_array().ok_or_else(wrong)?;
    items
        .iter()
        .map(|item| item.as_str().map(str::to_string).ok_or_else(wrong))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn reads_lists_of_texts_and_names_the_key_that_is_none() {
        let settings = Settings::read([("directories", r#"["a","\u00fc"]"#)].into_iter());
        assert_eq!(
            settings.map(|settings| settings.directories),
            Ok(vec!["a".to_string(), "ü".to_string()])
        );
        assert_eq!(
            Settings::read([("extensions", "1")].into_iter()),
            Err("invalid config key `extensions`: expected a list of strings".to_string())
        );
    }
}
