// The pure parts: sections and slices of the list, looks, keys, badges, the sprite.
import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { FakeBackend } from "../src/ipc/fake";
import sprite from "../src/parts/Sprite.svelte?raw";
import { glyphs, icons } from "../src/parts/names";
import { move } from "../src/parts/keys";
import { badges } from "../src/shell/badges";
import type { AppRow } from "../src/ipc";
import { merged, sections, slice } from "../src/view/sections";
import { healthLook, isLive, serverLook, syncLook, wantsSignIn } from "../src/view/states";

const none = { server: null, project: null, sync: null, health: null, text: "" };

describe("sections", () => {
  test("servers in the status's order, rows in theirs, unknown servers last", async () => {
    const backend = new FakeBackend();
    const { rows } = await backend.apps(none);
    const { servers } = await backend.status();
    const known = servers.filter((server) => server.name !== "prod-eu");
    const got = sections(rows, known);
    expect(got.map((part) => [part.name, part.server !== null, part.rows.length])).toEqual([["prod-cn", true, 12], ["staging", true, 11], ["prod-eu", false, 7]]);
    expect(got[0]?.rows[0]?.severity).toBe("attention");
  });
  test("a server without rows is left out", () => expect(sections([], [])).toEqual([]));
  test("by project and as one the worst of all servers comes first", () => {
    const row = (name: string, project: string, severity: AppRow["severity"]) => ({ id: { server: "s", namespace: "n", name }, project, severity }) as AppRow;
    const rows = [row("a", "web", "well"), row("b", "pay", "notice"), row("c", "web", "attention"), row("d", "api", "notice")];
    expect(merged(rows, "none", "All").map((part) => [part.name, part.rows.map((one) => one.id.name).join("")])).toEqual([["All", "cbda"]]);
    expect(merged(rows, "project", "All").map((part) => [part.name, part.rows.map((one) => one.id.name).join("")])).toEqual([["web", "ca"], ["api", "d"], ["pay", "b"]]);
    expect(merged([], "none", "All")).toEqual([]);
  });
});

test.each([
  ["at the top", 5000, 0, 600, 0, 27],
  ["in the middle", 5000, 32_000, 32_600, 992, 1027],
  ["past the end", 10, 9_000, 9_600, 10, 10],
  ["above", 10, -900, -300, 0, 0],
  ["empty", 0, 0, 600, 0, 0],
])("slice %s", (_name, count, top, bottom, from, to) => {
  expect(slice(count, 32, top, bottom)).toEqual({ from, to });
});

describe("looks", () => {
  test("nothing stale is drawn as healthy", () => {
    expect(healthLook("Healthy")).toEqual({ glyph: "healthy", tone: "ok" });
    expect(healthLook("Healthy", true)).toEqual({ glyph: "healthy", tone: "off" });
    expect(syncLook("Synced", true).tone).toBe("off");
  });
  test("states differ by shape, not by colour alone", () => {
    const shapes = (["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"] as const).map((health) => healthLook(health).glyph);
    expect(new Set(shapes).size).toBe(6);
    const states = (["connecting", "live", "polling", "unauthorized", "forbidden", "unreachable", "tls_problem", "not_argo_cd"] as const).map((state) => serverLook(state).glyph);
    expect(new Set(states).size).toBe(8);
  });
  test("who is live, who wants to sign in", () => {
    expect([isLive("live"), isLive("polling"), isLive("connecting")]).toEqual([true, true, false]);
    expect(wantsSignIn("unauthorized", null)).toBe(true);
    expect(wantsSignIn("unreachable", { code: "dns", what: "", todo: "", file: null, line: 0, column: 0 })).toBe(false);
    expect(wantsSignIn("connecting", { code: "secret_missing", what: "", todo: "", file: null, line: 0, column: 0 })).toBe(true);
  });
});

test.each([
  ["ArrowDown", -1, 3, 0], ["ArrowDown", 2, 3, 2], ["ArrowUp", -1, 3, 2], ["ArrowUp", 0, 3, 0], ["Home", 2, 3, 0], ["End", 0, 3, 2],
  ["PageDown", 0, 30, 10], ["PageUp", 5, 30, 0], ["a", 1, 3, null], ["ArrowDown", 0, 0, null],
])("%s at %d of %d", (key, at, count, to) => expect(move(key, at, count)).toBe(to));

test("badges say the worst of each page", async () => {
  const status = await new FakeBackend().status();
  const got = Object.entries(badges(en, status)).map(([page, badge]) => `${page} ${badge.text} ${badge.look?.glyph} ${badge.says}`);
  expect(got).toEqual([
    "overview 7 degraded 7 need attention", "apps 30 undefined ", "events 1 failed 1 refused", "rules 1 warn 1 problem", "groups 1 failed payments-alerts",
    "servers 1 keyout prod-eu: Token expired",
  ]);
  expect(badges(en, await new FakeBackend({ empty: true }).status())).toEqual({});
});

test("the sprite holds every name, and no other", () => {
  const ids = [...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((match) => match[1]);
  expect(ids.sort()).toEqual([...glyphs.map((name) => `g-${name}`), ...icons.map((name) => `i-${name}`), "mark"].sort());
});
