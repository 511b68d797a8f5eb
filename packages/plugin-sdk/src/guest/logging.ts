import { log as write } from "novywave:plugins/logging@0.1.0";

// One function a level: what a plugin does not call falls away when it is built.

export function trace(message: string): void {
  write("trace", message);
}

export function debug(message: string): void {
  write("debug", message);
}

export function info(message: string): void {
  write("info", message);
}

export function warn(message: string): void {
  write("warn", message);
}

export function error(message: string): void {
  write("error", message);
}
