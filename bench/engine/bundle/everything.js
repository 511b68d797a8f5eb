export * from "@novywave/component-engine";
