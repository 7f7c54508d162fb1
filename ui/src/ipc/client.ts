// The backend of the real application: Tauri's commands and events. The only file that imports Tauri, so that the rest
// of the window runs in any browser.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Backend } from "./backend";
import type { StatusView } from "./bindings";

/** Commands that answer nothing come back as null. */
const done = (command: string, args?: Record<string, unknown>): Promise<void> => invoke(command, args);

export const client: Backend = {
  status: () => invoke("status"),
  overview: (period, zoneMinutes) => invoke("overview", { period, zoneMinutes }),
  apps: (filter) => invoke("apps", { filter }),
  appDetails: (id) => invoke("app_details", { id }),
  appRules: (id) => invoke("app_rules", { id }),
  explain: (trigger, id) => invoke("explain", { trigger, id }),
  openApp: (id) => done("open_app", { id }),
  openServer: (name) => done("open_server", { name }),
  openDemoPage: () => done("open_demo_page"),
  showDemo: () => done("show_demo"),
  leaveDemo: () => done("leave_demo"),

  refresh: () => done("refresh"),
  pause: (how) => done("pause", { how }),
  resume: () => done("resume"),

  serverTest: (form) => invoke("server_test", { form }),
  serverTestMore: (run, seen, trying) => invoke("server_test_more", { run, seen, trying }),
  serverTestStop: (run) => done("server_test_stop", { run }),
  serverAdd: (form) => done("server_add", { form }),
  serverUpdate: (name, form) => done("server_update", { name, form }),
  serverTrust: (name, sha256) => done("server_trust", { name, sha256 }),
  serverRemove: (name) => done("server_remove", { name }),
  serverTokenExpiry: (name) => invoke("server_token_expiry", { name }),
  serversFound: () => invoke("servers_found"),
  serversImport: (names) => invoke("servers_import", { names }),
  serverSignIn: (name, secret, username) => done("server_sign_in", { name, secret, username }),

  webhookRead: (url) => invoke("webhook_read", { url }),
  groupAdd: (form) => done("group_add", { form }),
  groupUpdate: (name, form) => done("group_update", { name, form }),
  groupRemove: (name) => done("group_remove", { name }),
  groupTest: (name, mention) => invoke("group_test", { name, mention }),
  groupTry: (form, mention) => invoke("group_try", { form, mention }),
  groupForm: (name) => invoke("group_form", { name }),
  groupsNow: () => invoke("groups_now"),
  groupUses: (name) => invoke("group_uses", { name }),
  groupRetry: (name) => done("group_retry", { name }),
  groupDrop: (name) => done("group_drop", { name }),
  desktopView: () => invoke("desktop_view"),
  desktopSet: (on) => done("desktop_set", { on }),

  rules: () => invoke("rules"),
  rulesImportPreview: (text) => invoke("rules_import_preview", { text }),
  rulesImport: (text) => done("rules_import", { text }),
  rulesUndo: () => done("rules_undo"),
  rulesReady: () => invoke("rules_ready"),
  rulesReadyAdd: (triggers, services) => done("rules_ready_add", { triggers, services }),
  rulesExport: () => invoke("rules_export"),
  rulesExportSave: () => invoke("rules_export_save"),
  rulesFields: () => invoke("rules_fields"),
  unsavedKeep: (key, form) => done("unsaved_keep", { key, form }),
  unsavedKept: (key) => invoke("unsaved_kept", { key }),
  ruleRemove: (key, base) => done("rule_remove", { key, base }),
  templateDraft: (name) => invoke("template_draft", { name }),
  templateCheck: (form, on) => invoke("template_check", { form, on }),
  templateSave: (form, base) => done("template_save", { form, base }),
  templateTest: (form, on) => invoke("template_test", { form, on }),
  triggerDraft: (name) => invoke("trigger_draft", { name }),
  triggerCheck: (form, on) => invoke("trigger_check", { form, on }),
  triggerMatches: (form) => invoke("trigger_matches", { form }),
  triggerExplain: (form, on) => invoke("trigger_explain", { form, on }),
  triggerPast: (form, zoneMinutes) => invoke("trigger_past", { form, zoneMinutes }),
  triggerSave: (form, base) => done("trigger_save", { form, base }),
  subscriptionCheck: (form, index) => invoke("subscription_check", { form, index }),
  subscriptionStates: () => invoke("subscription_states"),
  subscriptionSave: (index, form, base) => done("subscription_save", { index, form, base }),
  manifestCheck: (text) => invoke("manifest_check", { text }),
  manifestSave: (text, base) => done("manifest_save", { text, base }),

  events: (filter) => invoke("events", { filter }),
  eventDetails: (id) => invoke("event_details", { id }),
  eventsExport: (filter, format) => invoke("events_export", { filter, format }),
  queue: () => invoke("queue"),
  queueRetry: (row) => done("queue_retry", { row }),
  queueDrop: (row) => done("queue_drop", { row }),

  settings: () => invoke("settings"),
  setAutostart: (on) => done("set_autostart", { on }),
  openFolder: (data) => done("open_folder", { data }),
  diagnostics: () => invoke("diagnostics"),
  setLanguage: (lang) => done("set_language", { lang }),

  onStatus: (listener) => listen<StatusView>("status", (event) => listener(event.payload)),
  onNavigate: (listener) => listen<string>("navigate", (event) => listener(event.payload)),
};
