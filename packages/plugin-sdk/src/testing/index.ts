export * from "@novywave/plugin-host/testing";
