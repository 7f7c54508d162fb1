// What the command palette offers, and what fits what is typed. Pure.
import type { Messages } from "../i18n/en";
import { catalogs } from "../i18n/index.svelte";
import type { AppRow, RulesView, StatusView, TestView } from "../ipc";
import type { GlyphName, IconName, Tone } from "../parts/names";
import type { Session } from "../state/session.svelte";
import { stepTextSize } from "../state/textsize";
import { address, appKey, type Page } from "../view/address";
import { groupLook, healthLook, serverLook } from "../view/states";

export const kinds = ["pages", "apps", "rules", "connections", "actions"] as const;
export type Kind = (typeof kinds)[number];

export interface Entry {
  key: string;
  kind: Kind;
  icon: IconName;
  /** In place of the icon: the state of the thing. */
  glyph: { name: GlyphName; tone: Tone } | null;
  text: string;
  /** The same in the other languages: who knows a page by that name finds it too. */
  also: readonly string[];
  /** What kind of thing it is or where it belongs, at the end of its line. */
  what: string;
  /** Where it leads, or what it does. */
  to: string | ((session: Session) => unknown);
  /** Already chosen by the backend for what is typed. */
  fits: boolean;
}

/** Entries of one kind that are shown, at most. */
export const SHOWN = 20;

/** All of them, in the words of `m`. */
export function entries(m: Messages, status: StatusView | null, rules: RulesView | null, apps: readonly AppRow[]): Entry[] {
  const others = Object.values(catalogs).filter((one) => one !== m).map((one) => inWords(one, status, rules, apps));
  return inWords(m, status, rules, apps).map((entry, i) => ({ ...entry, also: others.flatMap((other) => other[i]?.text ?? []) }));
}

function inWords(m: Messages, status: StatusView | null, rules: RulesView | null, apps: readonly AppRow[]): Entry[] {
  const made = (kind: Kind, key: string, icon: IconName, text: string, what: string, to: Entry["to"], more: Partial<Entry> = {}): Entry =>
    ({ key: `${kind}/${key}`, kind, icon, glyph: null, text, also: [], what, to, fits: false, ...more });
  const page = (name: Page, icon: IconName, text = m.nav[name], rest: string[] = [], query: Record<string, string> = {}) => made("pages", text, icon, text, "", address(name, rest, query));
  const action = (icon: IconName, text: string, to: Entry["to"], what = "", key = what) => made("actions", `${text}/${key}`, icon, text, what, to);
  const rule = (section: string, icon: IconName, what: string, name: string, id = name) => made("rules", `${section}/${id}`, icon, name, what, address("rules", [section, id]));

  return [
    page("overview", "overview"), page("apps", "apps"), page("events", "events"),
    page("rules", "trigger", m.rules.triggers, ["triggers"]), page("rules", "template", m.rules.templates, ["templates"]), page("rules", "subs", m.rules.subscriptions, ["subscriptions"]),
    page("rules", "plus", m.rules.ready, ["catalog"]), page("rules", "file", m.nav.rulesFile), page("groups", "group"), page("servers", "server"), page("settings", "settings"), page("start", "check"),

    ...apps.slice(0, SHOWN).map((row) => made("apps", appKey(row.id), "apps", row.id.name, `${row.id.server} / ${row.project}`, address("apps", [row.id.server, row.id.namespace, row.id.name]), {
      fits: true, glyph: { name: healthLook(row.health, row.stale).glyph, tone: healthLook(row.health, row.stale).tone },
    })),

    ...(rules?.triggers ?? []).map((one) => rule("triggers", "trigger", m.palette.trigger, one.name)),
    ...(rules?.templates ?? []).map((one) => rule("templates", "template", m.palette.template, one.name)),
    ...(rules?.subscriptions ?? []).map((one, i) => rule("subscriptions", "subs", m.palette.subscription, `${one.triggers.join(m.rules.comma)} → ${one.form.recipients.join(m.rules.comma)}`, String(i))),

    ...(status?.groups ?? []).map((group) => made("connections", `group/${group.name}`, "group", group.name, m.overview.group, address("groups", [group.name]), { glyph: { name: groupLook(group).glyph, tone: groupLook(group).tone } })),
    ...(status?.servers ?? []).map((server) => made("connections", `server/${server.name}`, "server", server.name, m.apps.server, address("servers", [server.name]), { glyph: { name: serverLook(server.state).glyph, tone: serverLook(server.state).tone } })),

    action("refresh", m.common.refresh, (s) => s.act(() => s.backend.refresh())),
    ...(status?.paused
      ? [action("send", m.banner.resume, (s) => s.act(() => s.backend.resume()))]
      : [
          action("send", m.palette.pause, (s) => s.act(() => s.backend.pause("forever"))),
          action("send", m.palette.pauseHour, (s) => s.act(() => s.backend.pause("hour"))),
          action("send", m.palette.pauseTomorrow, (s) => s.act(() => s.backend.pause("tomorrow"))),
        ]),
    ...((status?.refused ?? 0) > 0 ? [action("refresh", m.palette.retry, (s) => s.act(() => s.backend.queueRetry(null), m.events.retried))] : []),
    action("plus", m.rules.newRule, address("rules", ["triggers"], { new: "1" }), m.palette.trigger),
    action("plus", m.rules.newTemplate, address("rules", ["templates"], { new: "1" })),
    action("plus", m.rules.newSubscription, address("rules", ["subscriptions"], { new: "1" })),
    action("import", m.palette.import, address("rules", [], { import: "1" })),
    action("file", m.palette.editFile, address("rules", ["file"])),
    ...(rules?.undo ? [action("left", m.palette.undo(rules.undo), (s) => s.act(() => s.backend.rulesUndo(), m.rules.undone(rules.undo ?? "")))] : []),
    action("plus", m.servers.add, address("servers", [], { add: "1" })),
    action("plus", m.groups.add, address("groups", [], { add: "1" })),
    ...apps.slice(0, 3).map((row) => action("open", m.palette.openApp, (s) => s.act(() => s.backend.openApp(row.id)), row.id.name, appKey(row.id))),
    ...(status?.servers ?? []).map((server) => action("open", m.palette.openServer, (s) => s.act(() => s.backend.openServer(server.name)), server.name)),
    ...(status?.groups ?? []).map((group) => action("send", m.palette.test, (s) => s.act(async () => tested(s, m, group.name, await s.backend.groupTest(group.name, null))), group.name)),
    action("plus", m.palette.larger, () => stepTextSize("larger")),
    action("more", m.palette.smaller, () => stepTextSize("smaller")),
    status?.lang === "en" ? action("settings", "中文", (s) => s.act(() => s.backend.setLanguage("zh-CN"))) : action("settings", "English", (s) => s.act(() => s.backend.setLanguage("en"))),
    action("save", m.settings.diagnostics, (s) => s.act(async () => s.toasts.done(m.settings.saved((await s.backend.diagnostics()).path)))),
  ];
}

/** A refusal is an answer too, and says what to do. */
function tested(session: Session, m: Messages, group: string, { ok, problem, errmsg }: TestView): void {
  if (ok) session.toasts.done(m.palette.tested(group));
  else session.toasts.failed({ code: problem?.code ?? "refused", message: problem?.what ?? errmsg, todo: problem?.todo ?? "", field: null });
}

/** How well a text fits: whole beginnings first, then words inside, then letters in their order; null: not at all. */
export function rank(text: string, typed: string): number | null {
  const t = text.toLowerCase();
  const q = typed.trim().toLowerCase();
  if (q === "" || t.startsWith(q)) return 0;
  const at = t.indexOf(q);
  if (at > 0) return /[\s\-_/.]/.test(t[at - 1] ?? "") ? 1 : 2;
  // Letters in their order are found in any long text.
  if (t.length > 4 * q.length + 8) return null;
  let from = 0;
  for (const letter of q) {
    from = t.indexOf(letter, from) + 1;
    if (from === 0) return null;
  }
  return 3;
}

/** The text in three parts, the middle one being what was typed. */
export function marked(text: string, typed: string): [before: string, hit: string, after: string] {
  const q = typed.trim().toLowerCase();
  const at = q === "" ? -1 : text.toLowerCase().indexOf(q);
  return at < 0 ? [text, "", ""] : [text.slice(0, at), text.slice(at, at + q.length), text.slice(at + q.length)];
}

export interface Part { kind: Kind; entries: Entry[] }

/** What fits, by kind; the kind with the best entry first, of equals in the order given. */
export function found(all: readonly Entry[], typed: string): Part[] {
  const whole = (entry: Entry, text: string) => (entry.kind === "actions" && entry.what !== "" ? `${text} ${entry.what}` : text);
  // Of another language only what stands there as it was typed: single letters are found everywhere.
  const elsewhere = (entry: Entry) => entry.also.map((text) => rank(whole(entry, text), typed)).find((one) => one !== null && one < 3);
  const fitting = all
    .map((entry) => ({ entry, rank: rank(whole(entry, entry.text), typed) ?? elsewhere(entry) ?? (entry.fits ? 4 : null) }))
    .filter((one): one is { entry: Entry; rank: number } => one.rank !== null)
    .sort((a, b) => a.rank - b.rank);
  return kinds
    .map((kind) => fitting.filter((one) => one.entry.kind === kind))
    .filter((part) => part.length > 0)
    .sort((a, b) => (typed.trim() === "" ? 0 : (a[0]?.rank ?? 0) - (b[0]?.rank ?? 0)))
    .map((part) => ({ kind: part[0]?.entry.kind ?? "pages", entries: part.slice(0, SHOWN).map((one) => one.entry) }));
}
