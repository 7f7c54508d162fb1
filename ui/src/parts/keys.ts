// Keys that mean the same everywhere.

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])"));

/** "/" goes to the page's search field. */
export function toSearch(event: KeyboardEvent): void {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  if (!search || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  search.focus();
  search.select();
}

/** Ctrl+K or ⌘K, unless a question stands open. */
export const opensPalette = (event: KeyboardEvent): boolean =>
  event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && !document.querySelector("dialog[open]");

/** Where a key moves in a list of `count`; null: the key does not move. `page` rows make a page. */
export function move(key: string, at: number, count: number, page = 10): number | null {
  if (count === 0) return null;
  const last = count - 1;
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last, PageDown: at + page, PageUp: at - page }[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}

/** Arrow keys move the focus between the `[data-row]` links of a list. */
export function rowKeys(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row]")];
  const at = rows.findIndex((row) => row === event.target);
  const to = at < 0 ? null : move(event.key, at, rows.length);
  if (to === null) return;
  event.preventDefault();
  rows[to]?.focus();
}

/** M, alone and not typed into a field: mutes what is chosen. */
export const mutes = (event: KeyboardEvent): boolean =>
  event.key.toLowerCase() === "m" && !(event.ctrlKey || event.metaKey || event.altKey) && !typing(event.target);

/** Esc that nothing nearer took, and that no input method needs. */
export const escapes = (event: KeyboardEvent): boolean => event.key === "Escape" && !event.defaultPrevented && !event.isComposing;
