//! What the plugin knows, apart from the host: plain Rust, tested by `cargo test` on any machine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::path::Path;

/// Waveform files, counted.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Census {
    by_extension: BTreeMap<String, usize>,
    by_folder: HashMap<String, usize>,
    files: BTreeSet<String>,
}

impl Census {
    /// Adds a file, by its absolute path; one that is there already is not counted twice.
    pub fn add(&mut self, file: String) {
        let path = Path::new(&file);
        let extension = path
            .extension()
            .map(|text| text.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let folder = path
            .parent()
            .map(|folder| folder.display().to_string())
            .unwrap_or_default();
        if self.files.contains(&file) {
            return;
        }
        *self.by_extension.entry(extension).or_default() += 1;
        *self.by_folder.entry(folder).or_default() += 1;
        self.files.insert(file);
    }

    /// Sorted.
    pub fn files(&self) -> Vec<String> {
        self.files.iter().cloned().collect()
    }

    /// Folders with the number of their files, the fullest first.
    pub fn folders(&self) -> Vec<(&str, usize)> {
        let mut folders: Vec<_> = self
            .by_folder
            .iter()
            .map(|(folder, count)| (folder.as_str(), *count))
            .collect();
        folders.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        folders
    }
}

/// One line: `3 waveforms in 2 folders (1 fst, 2 vcd)`.
impl fmt::Display for Census {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} waveforms in {} folders",
            self.files.len(),
            self.by_folder.len()
        )?;
        let kinds: Vec<_> = self
            .by_extension
            .iter()
            .map(|(extension, count)| format!("{count} {extension}"))
            .collect();
        if kinds.is_empty() {
            return Ok(());
        }
        write!(out, " ({})", kinds.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::Census;

    #[test]
    fn counts_each_file_once() {
        let mut census = Census::default();
        for file in ["/w/b/x.FST", "/w/a.vcd", "/w/b/y.vcd", "/w/a.vcd"] {
            census.add(file.to_string());
        }
        assert_eq!(
            census.to_string(),
            "3 waveforms in 2 folders (1 fst, 2 vcd)"
        );
        assert_eq!(census.folders(), [("/w/b", 2), ("/w", 1)]);
        assert_eq!(Census::default().to_string(), "0 waveforms in 0 folders");
    }
}
