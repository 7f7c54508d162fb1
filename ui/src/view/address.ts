// Addresses inside the window: `#/apps/prod/argocd/web?health=Degraded`. Everything that decides what is shown stands in
// the address, so that the tray can open it, and going back works.
import type { AppFilter, AppId, Health, SyncStatus } from "../ipc";

export const pages = ["start", "overview", "apps", "events", "groups", "servers", "rules", "settings"] as const;
export type Page = (typeof pages)[number];

export interface Address {
  page: Page;
  /** What follows the page's name, decoded. */
  rest: string[];
  query: URLSearchParams;
}

const healths: readonly Health[] = ["Degraded", "Missing", "Progressing", "Unknown", "Suspended", "Healthy"];
const syncs: readonly SyncStatus[] = ["OutOfSync", "Unknown", "Synced"];
export { healths, syncs };

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Reads `#/servers/prod?edit=1` or `/servers/prod`; what is not known leads to the overview. */
export function readAddress(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  const [first = "", ...rest] = path.split("/").filter((part) => part !== "").map(decode);
  const page = pages.find((known) => known === first);
  return { page: page ?? "overview", rest: page ? rest : [], query: new URLSearchParams(page ? query : "") };
}

/** Writes an address; empty query values are left out. */
export function address(page: Page, rest: readonly string[] = [], query: Record<string, string | null> = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const path = [page, ...rest.map(encodeURIComponent)].join("/");
  return search.size === 0 ? `#/${path}` : `#/${path}?${search}`;
}

/** `server/namespace/name`: how an application is written in tests and as a key. */
export const appKey = (id: AppId): string => `${id.server}/${id.namespace}/${id.name}`;

export const sameApp = (a: AppId | null, b: AppId | null): boolean =>
  a === b || (a !== null && b !== null && appKey(a) === appKey(b));

export function appFromParts([server, namespace, name]: readonly string[]): AppId | null {
  return server && namespace && name ? { server, namespace, name } : null;
}

/** The filter of the applications page. Unknown words count as no filter. */
export function readFilter(query: URLSearchParams): AppFilter {
  return {
    server: query.get("server"),
    project: query.get("project"),
    sync: syncs.find((known) => known === query.get("sync")) ?? null,
    health: healths.find((known) => known === query.get("health")) ?? null,
    text: query.get("q") ?? "",
  };
}

export function writeFilter(filter: AppFilter): Record<string, string | null> {
  return { server: filter.server, project: filter.project, sync: filter.sync, health: filter.health, q: filter.text };
}

export const isFiltered = (filter: AppFilter): boolean => Object.values(writeFilter(filter)).some((value) => !!value);
