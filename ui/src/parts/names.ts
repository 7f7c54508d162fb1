// Names of what Sprite.svelte holds. A test compares the two.

/** How a state is coloured: fine, under way, wrong, held back, worth a look, not known. */
export type Tone = "ok" | "run" | "bad" | "hold" | "warn" | "off";

export const glyphs = [
  "degraded", "failed", "healthy", "keyout", "live", "missing", "offline", "outofsync", "progressing", "sent", "shield", "suppressed", "suspended", "synced", "unknown", "waiting", "warn", "info",
] as const;
export type GlyphName = (typeof glyphs)[number];

export const icons = [
  "apps", "check", "copy", "down", "events", "group", "left", "more", "mute", "open", "overview", "plus", "refresh", "right", "search", "send", "server", "trigger", "x", "settings", "file",
  "template", "subs", "sort", "key", "up", "import", "export", "save", "folder", "bell",
] as const;
export type IconName = (typeof icons)[number];
