// The real backend: each method is one command with the arguments that Rust expects; and nothing else imports Tauri.
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, test, vi } from "vitest";
import { client } from "../src/ipc/client";
import { emptyGroup } from "../src/ipc/fake-data/groups";
import { emptyForm } from "../src/ipc/fake-data/servers";

afterEach(() => clearMocks());

const id = { server: "s", namespace: "ns", name: "n" };
const filter = { server: null, project: null, sync: null, health: null, text: "x" };
const events = { before: 3, limit: 0, app: null, text: "", tone: null, trigger: null, service: null, since_ms: 5 };
const template = { name: "n", message: "", dingtalk: null, webhooks: [] };
const trigger = { name: "n", conditions: [] };
const subscription = { recipients: ["r"], triggers: [], servers: ["prod"], projects: [], selector: "" };
const on = { app: id, service: null };
const group = { ...emptyGroup, name: "g", keywords: ["k"] };

test.each([
  ["status", () => client.status(), {}],
  ["apps", () => client.apps(filter), { filter }],
  ["overview", () => client.overview("week", 480), { period: "week", zoneMinutes: 480 }],
  ["app_details", () => client.appDetails(id), { id }],
  ["app_rules", () => client.appRules(id), { id }],
  ["explain", () => client.explain("t", id), { trigger: "t", id }],
  ["open_app", () => client.openApp(id), { id }],
  ["open_server", () => client.openServer("s"), { name: "s" }],
  ["open_demo_page", () => client.openDemoPage(), {}],
  ["show_demo", () => client.showDemo(), {}],
  ["leave_demo", () => client.leaveDemo(), {}],
  ["refresh", () => client.refresh(), {}],
  ["refresh_app", () => client.refreshApp(id), { id }],
  ["pause", () => client.pause("hour"), { how: "hour" }],
  ["resume", () => client.resume(), {}],
  ["mute", () => client.mute(id, "tomorrow"), { id, how: "tomorrow" }],
  ["set_mute", () => client.setMute(id, null), { id, mute: null }],
  ["server_test", () => client.serverTest(emptyForm), { form: emptyForm }],
  ["server_test_more", () => client.serverTestMore(1, 2, "t"), { run: 1, seen: 2, trying: "t" }],
  ["server_test_stop", () => client.serverTestStop(1), { run: 1 }],
  ["server_add", () => client.serverAdd(emptyForm), { form: emptyForm }],
  ["server_update", () => client.serverUpdate("old", emptyForm), { name: "old", form: emptyForm }],
  ["server_trust", () => client.serverTrust("s", "AB"), { name: "s", sha256: "AB" }],
  ["server_remove", () => client.serverRemove("s"), { name: "s" }],
  ["server_sign_in", () => client.serverSignIn("s", "t", null), { name: "s", secret: "t", username: null }],
  ["server_token_expiry", () => client.serverTokenExpiry("s"), { name: "s" }],
  ["servers_found", () => client.serversFound(), {}],
  ["servers_import", () => client.serversImport(["s"]), { names: ["s"] }],
  ["webhook_read", () => client.webhookRead("u"), { url: "u" }],
  ["group_add", () => client.groupAdd(group), { form: group }],
  ["group_update", () => client.groupUpdate("old", group), { name: "old", form: group }],
  ["group_remove", () => client.groupRemove("g"), { name: "g" }],
  ["set_switch", () => client.setSwitch("g", false), { service: "g", on: false }],
  ["group_test", () => client.groupTest("g", "1"), { name: "g", mention: "1" }],
  ["group_try", () => client.groupTry(group, null), { form: group, mention: null }],
  ["group_form", () => client.groupForm("g"), { name: "g" }],
  ["groups_now", () => client.groupsNow(), {}],
  ["group_uses", () => client.groupUses("g"), { name: "g" }],
  ["group_retry", () => client.groupRetry("g"), { name: "g" }],
  ["group_drop", () => client.groupDrop("g"), { name: "g" }],
  ["desktop_view", () => client.desktopView(), {}],
  ["desktop_set", () => client.desktopSet(true), { on: true }],
  ["rules", () => client.rules(), {}],
  ["rules_import_preview", () => client.rulesImportPreview("t"), { text: "t" }],
  ["rules_import", () => client.rulesImport("t"), { text: "t" }],
  ["rules_undo", () => client.rulesUndo(), {}],
  ["rules_ready", () => client.rulesReady(), {}],
  ["rules_ready_add", () => client.rulesReadyAdd(["t"], ["s"]), { triggers: ["t"], services: ["s"] }],
  ["rules_fields", () => client.rulesFields(), {}],
  ["unsaved_keep", () => client.unsavedKeep("k", null), { key: "k", form: null }],
  ["unsaved_kept", () => client.unsavedKept("k"), { key: "k" }],
  ["rule_remove", () => client.ruleRemove("trigger.t", "v"), { key: "trigger.t", base: "v" }],
  ["template_draft", () => client.templateDraft("n"), { name: "n" }],
  ["template_start", () => client.templateStart(trigger), { trigger }],
  ["template_check", () => client.templateCheck(template, on), { form: template, on }],
  ["template_save", () => client.templateSave(template, ""), { form: template, base: "" }],
  ["template_test", () => client.templateTest(template, on), { form: template, on }],
  ["trigger_draft", () => client.triggerDraft("n"), { name: "n" }],
  ["trigger_check", () => client.triggerCheck(trigger, ["s"], on), { form: trigger, services: ["s"], on }],
  ["trigger_matches", () => client.triggerMatches(trigger), { form: trigger }],
  ["trigger_explain", () => client.triggerExplain(trigger, ["s"], on), { form: trigger, services: ["s"], on }],
  ["trigger_past", () => client.triggerPast(trigger, ["s"], 480), { form: trigger, services: ["s"], zoneMinutes: 480 }],
  ["trigger_save", () => client.triggerSave(trigger, "v", ["s"]), { form: trigger, base: "v", services: ["s"] }],
  ["trigger_rename", () => client.triggerRename("n", "m", "v"), { name: "n", to: "m", base: "v" }],
  ["subscription_check", () => client.subscriptionCheck(subscription, 2), { form: subscription, index: 2 }],
  ["subscription_states", () => client.subscriptionStates(), {}],
  ["rules_export", () => client.rulesExport(), {}],
  ["rules_export_save", () => client.rulesExportSave(), {}],
  ["subscription_save", () => client.subscriptionSave(2, null, "v"), { index: 2, form: null, base: "v" }],
  ["manifest_check", () => client.manifestCheck("t"), { text: "t" }],
  ["manifest_save", () => client.manifestSave("t", "v"), { text: "t", base: "v" }],
  ["events", () => client.events(events), { filter: events }],
  ["event_details", () => client.eventDetails(7), { id: 7 }],
  ["events_export", () => client.eventsExport(events, "csv"), { filter: events, format: "csv" }],
  ["queue", () => client.queue(), {}],
  ["queue_retry", () => client.queueRetry(null), { row: null }],
  ["queue_drop", () => client.queueDrop(4), { row: 4 }],
  ["settings", () => client.settings(), {}],
  ["set_preference", () => client.setPreference({ key: "keep_days", value: 30 }), { preference: { key: "keep_days", value: 30 } }],
  ["events_delete_old", () => client.eventsDeleteOld(), {}],
  ["set_autostart", () => client.setAutostart(true), { on: true }],
  ["open_folder", () => client.openFolder(true), { data: true }],
  ["diagnostics", () => client.diagnostics(), {}],
  ["set_language", () => client.setLanguage("zh-CN"), { lang: "zh-CN" }],
] as const)("%s", async (command, call, args) => {
  const seen = vi.fn((name: string, given: unknown) => ({ name, given }));
  mockIPC(seen);
  await call();
  expect(seen.mock.calls.map(([name, given]) => [name, given])).toEqual([[command, args]]);
});

test("a refusal keeps its code, sentence and field", async () => {
  const refusal = { code: "name_taken", message: "There is one.", todo: "Choose another.", field: "name" };
  mockIPC(() => {
    throw refusal;
  });
  await expect(client.serverAdd(emptyForm)).rejects.toEqual(refusal);
});

test("only client.ts imports Tauri", () => {
  const files = import.meta.glob("../src/**/*.{svelte,ts}", { query: "?raw", import: "default", eager: true }) as Record<string, string>;
  expect(Object.entries(files).filter(([, content]) => content.includes("@tauri-apps/")).map(([file]) => file)).toEqual(["../src/ipc/client.ts"]);
});
