// What the side navigation says beside each page: a figure, and the worst state behind it.
import type { Messages } from "../i18n/en";
import type { StatusView } from "../ipc";
import type { Page } from "../view/address";
import { inRules } from "../view/problems";
import { isLive, type Look, serverLook } from "../view/states";

export interface Badge { text: string; look: Look | null; says: string }

const order = ["bad", "warn", "off", "run", "hold", "ok"];

export function badges(m: Messages, status: StatusView): Partial<Record<Page, Badge>> {
  const out: Partial<Record<Page, Badge>> = {};
  const { counts, refused, waiting } = status;
  if (counts.attention > 0) out.overview = { text: m.apps.shown(counts.attention, counts.attention), look: { glyph: "degraded", tone: "bad" }, says: m.nav.attention(counts.attention) };
  if (counts.total > 0) out.apps = { text: m.apps.shown(counts.total, counts.total), look: null, says: "" };

  if (refused > 0) out.events = { text: String(refused), look: { glyph: "failed", tone: "bad" }, says: m.nav.refused(refused) };
  else if (waiting > 0) out.events = { text: String(waiting), look: { glyph: "waiting", tone: "run" }, says: m.nav.waiting(waiting) };

  const wrong = status.problems.filter(inRules).length;
  if (wrong > 0) out.rules = { text: String(wrong), look: { glyph: "warn", tone: "warn" }, says: m.rules.problemCount(wrong) };

  const refusing = status.groups.filter((group) => group.attention);
  if (refusing.length > 0) out.groups = { text: String(refusing.length), look: { glyph: "failed", tone: "bad" }, says: refusing.map((group) => group.name).join(", ") };

  const down = status.servers.filter((server) => !isLive(server.state) && server.state !== "connecting");
  const looks = down.map((server) => serverLook(server.state)).sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
  const worst = looks[0];
  if (worst) out.servers = { text: String(down.length), look: worst, says: down.map((server) => `${server.name}: ${server.state_word}`).join("; ") };
  return out;
}
