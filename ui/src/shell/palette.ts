// What the command palette offers, and what fits what is typed. Pure.
import type { Messages } from "../i18n/en";
import type { AppRow, StatusView } from "../ipc";
import type { IconName } from "../parts/names";
import { address, appKey, type Page } from "../view/address";

export interface Entry {
  key: string;
  icon: IconName;
  text: string;
  /** What kind of thing it is, at the end of its line. */
  what: string;
  /** Where it leads; null: it does something. */
  to: string | null;
  act: "refresh" | "pause" | "resume" | "en" | "zh" | null;
  /** Already chosen by the backend for what is typed. */
  fits: boolean;
}

/** Entries that are shown, at most. */
const SHOWN = 50;

const places: readonly [Page, IconName][] = [
  ["overview", "overview"], ["apps", "apps"], ["events", "events"], ["rules", "trigger"], ["groups", "group"], ["servers", "server"], ["settings", "settings"],
];

export function entries(m: Messages, status: StatusView | null, apps: readonly AppRow[]): Entry[] {
  const go = (key: string, icon: IconName, text: string, what: string, to: string): Entry => ({ key, icon, text, what, to, act: null, fits: false });
  const act = (key: NonNullable<Entry["act"]>, icon: IconName, text: string): Entry => ({ key, icon, text, what: m.palette.action, to: null, act: key, fits: false });
  return [
    ...places.map(([page, icon]) => go(page, icon, m.nav[page], m.palette.page, address(page))),
    go("add-server", "plus", m.servers.add, m.palette.action, address("servers", [], { add: "1" })),
    go("add-group", "plus", m.groups.add, m.palette.action, address("groups", [], { add: "1" })),
    act("refresh", "refresh", m.common.refresh),
    status?.paused ? act("resume", "send", m.banner.resume) : act("pause", "send", m.palette.pause),
    status?.lang === "en" ? act("zh", "settings", "中文") : act("en", "settings", "English"),
    ...(status?.servers ?? []).map((server) => go(`server/${server.name}`, "server", server.name, m.apps.server, address("servers", [server.name]))),
    ...(status?.groups ?? []).map((group) => go(`group/${group.name}`, "group", group.name, m.overview.group, address("groups", [group.name]))),
    ...apps.slice(0, SHOWN).map((row) => ({
      ...go(`app/${appKey(row.id)}`, "apps", row.id.name, `${row.id.server} / ${row.project}`, address("apps", [row.id.server, row.id.namespace, row.id.name])), fits: true,
    })),
  ];
}

/** How well a text fits: whole beginnings first, then words inside, then letters in their order; null: not at all. */
export function rank(text: string, typed: string): number | null {
  const t = text.toLowerCase();
  const q = typed.trim().toLowerCase();
  if (q === "" || t.startsWith(q)) return 0;
  const at = t.indexOf(q);
  if (at > 0) return /[\s\-_/.]/.test(t[at - 1] ?? "") ? 1 : 2;
  let from = 0;
  for (const letter of q) {
    from = t.indexOf(letter, from) + 1;
    if (from === 0) return null;
  }
  return 3;
}

/** What fits, best first; of equals in the order given. */
export function found(all: readonly Entry[], typed: string): Entry[] {
  return all
    .map((entry) => ({ entry, rank: rank(entry.text, typed) ?? (entry.fits ? 4 : null) }))
    .filter((one): one is { entry: Entry; rank: number } => one.rank !== null)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, SHOWN)
    .map((one) => one.entry);
}
