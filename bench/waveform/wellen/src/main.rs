//! Reads a waveform with wellen, header and body, and prints the seconds that it took and the processor time. With
//! `single` as second argument one thread reads.
use std::time::Instant;
use wellen::{viewers, LoadOptions};

fn main() {
    let mut args = std::env::args().skip(1);
    let path = args.next().expect("usage: wellen-bench FILE [single]");
    let multi_thread = args.next().as_deref() != Some("single");
    let options = LoadOptions { multi_thread, remove_scopes_with_empty_name: false };
    let started = Instant::now();
    let header = viewers::read_header_from_file(&path, &options).expect("header");
    let body = viewers::read_body(header.body, &header.hierarchy, None).expect("body");
    let seconds = started.elapsed().as_secs_f64();
    let cpu = processor_time().unwrap_or(seconds);
    println!("{{\"seconds\":{seconds},\"cpu\":{cpu},\"times\":{}}}", body.time_table.len());
}

/// Of this process, in seconds; Linux tells it in hundredths.
fn processor_time() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}
